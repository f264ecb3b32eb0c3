"""The JSON documents: the command line prints them, the service answers with them. Names stay; more may be added."""
