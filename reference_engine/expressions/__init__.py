"""The small safe language in which plans say what no table expresses: filters, values, conditions."""
