"""The calendar and its reminders in words."""
