"""Reconciling files of millions of rows: DuckDB sets aside what provably agrees, the rest is compared row by row."""
