"""The demonstration: an invented archive of monthly files in which the printed figures of a real paper come out."""
