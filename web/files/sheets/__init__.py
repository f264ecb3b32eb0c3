"""From the bytes of a file to its rows: what it is, what separates its values, where its header is."""
