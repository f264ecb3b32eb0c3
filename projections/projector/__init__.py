"""The read models: brought up with each commit, made anew, and held against the log."""
