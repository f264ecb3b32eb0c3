"""The tables, their generations, and the submissions by position: what every projection reads."""
