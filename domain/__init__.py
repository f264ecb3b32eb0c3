"""What happened, and what it means: episodes, journeys, measures, and the log that keeps them."""
