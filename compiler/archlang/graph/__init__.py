"""The flat IR, and the elaboration that makes it from a resolved program."""
