"""The pages of the calendar, and its feed."""
