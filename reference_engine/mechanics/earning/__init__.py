"""How credits become earned amounts."""
