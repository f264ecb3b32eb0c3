"""Sections on what is agreed, in question and looked at between the parties: plans, notices, audits, reviews, words."""
