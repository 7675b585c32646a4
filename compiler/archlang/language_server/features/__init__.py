"""One question of editors a file. Each is a function of an `Analysis`; none knows the protocol."""
