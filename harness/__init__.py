"""The harness: steps, pytest plug-in, target adapters, reconciliation, evidence and the command line."""
