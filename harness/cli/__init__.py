"""The command line: one program, `trueup`, and one file for each command."""
