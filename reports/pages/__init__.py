"""One file per part of the report.  Each computes a typed page record; the templates only render it."""
