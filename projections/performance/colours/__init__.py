"""The colour of a figure beside its target: the rules, how they decide, and what they look at."""
