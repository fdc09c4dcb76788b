"""How quick the engine is: generated deals, a minimal calculation of the same plans, and the measuring."""
