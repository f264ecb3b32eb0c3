"""What each figure means: its cohort and what is counted of it, as named columns of true and false.

A measure is pure: it reads `columns.Columns` and nothing else. Each function is a published specification in its own
words; `families` gives them windows and parts, `registry` codes and names, `wording` plain sentences.
"""
