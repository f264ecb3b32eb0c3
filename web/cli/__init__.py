"""The command line `recount`."""
