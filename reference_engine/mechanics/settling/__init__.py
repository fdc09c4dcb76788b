"""What happens to the whole pay of a payee: draws, guarantees, minimums, balances."""
