"""What command line, API and pages ask: one function a question, so that they cannot disagree.

A function takes a `Question` (one snapshot) and what is asked of it, in typed parameters that somebody has read from
options, a query string or a form. It gives back an answer object, whose `document()` is the JSON of the reference.
Nothing here knows how a question came, or how its answer is shown.
"""
