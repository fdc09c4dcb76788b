"""Scenarios: recipes that make worlds of people, deals, invoices and cash, and their plan files."""
