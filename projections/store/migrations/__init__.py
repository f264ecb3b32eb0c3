"""The versions of the tables, and the way from each to the next, by Alembic.

`version` says which version a database has, and is asked whenever one is opened: it makes the tables of an empty
database, and refuses one of another version. `upgrade` takes the scripts in `versions/`, one after the other and in one
transaction. What can be made anew from the log (the read models) needs no script: it is dropped, and
whoever calls `upgrade` rebuilds it.
"""
