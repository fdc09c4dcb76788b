"""The kinds of targets; the name of a file is the word after `kind:` in a profile."""
