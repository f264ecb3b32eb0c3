"""Reminders by e-mail: what each chooses, and the outbox."""
