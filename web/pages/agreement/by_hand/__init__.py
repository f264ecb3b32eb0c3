"""KPIs that are entered by hand."""
