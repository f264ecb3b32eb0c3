"""The steps of a dispute beside opening, answering and closing it."""
