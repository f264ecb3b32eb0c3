"""What is provable to others: the tree over the log, its signed heads, signatures."""
