"""Names: what every word of a spec stands for, across its files."""
