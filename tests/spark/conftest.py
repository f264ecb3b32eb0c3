"""Only `make spark` has pyspark: without it, these files are not looked at."""

from importlib.util import find_spec

collect_ignore_glob = ["test_*.py"] if find_spec("py4j") is None else []
