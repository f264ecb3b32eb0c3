"""The event store: one append-only log over SQLite or PostgreSQL, under the interfaces of the eventsourcing library."""
