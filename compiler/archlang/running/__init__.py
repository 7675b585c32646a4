"""Running generated scripts, and what they found."""
