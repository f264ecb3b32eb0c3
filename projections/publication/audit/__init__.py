"""The audit of what is shown: no small group is narrowed too far by all numbers of a table together."""
