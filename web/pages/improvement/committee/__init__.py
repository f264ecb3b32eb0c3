"""The committee report: as it stands, given out, and as it was given out."""
