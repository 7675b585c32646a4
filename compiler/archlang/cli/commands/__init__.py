"""One module for each command of `archc`."""
