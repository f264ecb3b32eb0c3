"""What the values of a file are, however they are written."""


def clean(value: str) -> str:
    """A value without the blanks around it; empty for what means none."""
    value = value.strip()
    return "" if value == "NA" else value
