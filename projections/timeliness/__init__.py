"""Figures through the days of knowledge: restated, still filling in, expected, covered by files."""
