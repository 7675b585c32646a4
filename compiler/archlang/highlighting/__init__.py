"""Colours for `.arch` text: the words to colour, the TextMate grammar of editors, and the lexer of Pygments."""
