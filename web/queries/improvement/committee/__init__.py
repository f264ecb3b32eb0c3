"""What a committee report asks: plans, notices and disputes on a day, what changed, and the reports given out."""
