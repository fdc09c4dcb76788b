"""The harness: steps, pytest plug-in, target adapters, reconciliation, evidence and the command line."""

from harness import own_packages

own_packages.load()
