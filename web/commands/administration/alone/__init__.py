"""What runs in a process of its own, one at a time for the whole service: a verification."""
