"""Figures against what was agreed: scorecards, colours, trends, chance, hubs, the caseload."""
