"""One script a version, in its own words: what the program says of its tables may change, and the way to it may not.

A script names the version before it. It may not read the clock, nor ask the program's own tables or events. The log's
triggers stay: where SQLite has to copy a table to change it, the script makes them again. A script for PostgreSQL and
SQLite alike runs in the transaction of the writer, so it must not end it. A script that changes a read model calls
`drop_read_models`. Tables that have anything which the log does not say are changed in place, and keep every row.
"""
