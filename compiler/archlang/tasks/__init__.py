"""Tasks: for each kind of output its head, loss, metrics, target and decoding."""
