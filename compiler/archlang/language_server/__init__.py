"""`archc lsp`: what editors ask about a spec, answered from the same stages as the command line's."""
