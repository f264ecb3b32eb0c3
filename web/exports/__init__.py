"""Answers as files for other programs: tables as CSV, a figure as FHIR."""
