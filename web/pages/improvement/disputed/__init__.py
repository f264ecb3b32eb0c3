"""Disputes row by row: what is said of clients, evidence, joint reviews, escalation and settlement."""
