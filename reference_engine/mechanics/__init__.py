"""One file for each mechanic: its parameters, its kernel, its wording and its worked example."""
