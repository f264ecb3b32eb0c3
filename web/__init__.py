"""The edge: the command line, the intake of files, and every clock that is read."""
