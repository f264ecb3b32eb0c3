"""The checks of a file's rows, and the facts of the episodes whose rows pass them."""
