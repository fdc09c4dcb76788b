"""One file for each command; the file's stem is the command's name."""
