"""Target systems that trueup can ask: what is seeded, what is run, what is fetched, and the evidence of each.

A profile (profile.py) says how one target is reached.  One file in `kinds` for each kind of target.
"""
