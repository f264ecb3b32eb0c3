"""Bytes that nobody would send, read by everything that reads files; see `readers`."""
