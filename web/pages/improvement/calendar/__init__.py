"""The pages of the calendar, its feed, and the reminders."""
