"""The backend that writes Python."""
