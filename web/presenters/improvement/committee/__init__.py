"""The committee report in words and tables: a registry of sections, each of which asks and is presented by itself."""
