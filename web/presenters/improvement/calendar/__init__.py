"""The calendar in words."""
