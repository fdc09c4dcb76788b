"""What a payee is expected to sell: how quotas and targets are made from what is stated."""
