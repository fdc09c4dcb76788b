"""Who is credited with a record, and with which share of it."""
