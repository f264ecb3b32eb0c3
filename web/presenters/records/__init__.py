"""What was sent, what is wrong with it, what is to be done about it, and what was erased."""
