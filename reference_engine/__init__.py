"""The reference engine: what each payee should be paid, and why.  It knows nothing of the other rooms."""
