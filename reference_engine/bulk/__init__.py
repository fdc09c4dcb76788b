"""Payouts of millions of deals: credits are summed by payee and period chunk by chunk, and no line is kept."""
