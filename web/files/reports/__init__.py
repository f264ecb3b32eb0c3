"""Reading a report of the other party: from the bytes of a file to the figures that it states."""
