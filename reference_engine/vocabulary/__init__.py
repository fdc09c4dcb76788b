"""The frozen words of the field.  Types and the reading of their text; no calculation."""
