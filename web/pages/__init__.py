"""The pages: what every one of them stands on. A page asks the same functions as the API and the command line."""
