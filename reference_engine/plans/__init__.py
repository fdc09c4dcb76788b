"""Plan files: strict text with line numbers, read into a Plan that the engine can run."""
