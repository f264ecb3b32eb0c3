"""Colour rules: those in force, the forms of one, and files of them."""
