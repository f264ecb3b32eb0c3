"""The demonstration: an invented archive of monthly files in which the printed figures of a real paper come out."""

from typing import Final

NOTICE: Final = "Demonstration data: every person, record and agency in it is invented. No person in it is real."
"""What every output of the demonstration says."""
