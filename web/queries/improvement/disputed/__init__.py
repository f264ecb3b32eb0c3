"""Disputes row by row, with evidence, joint reviews and settlement, as their parties read them."""
