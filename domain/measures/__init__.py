"""What each figure means: its cohort and what is counted of it, as named columns of true and false.

A measure is pure: it reads the columns of `asked.Asked` and nothing else. One file a family, each function the
published specification in its own words; `registry` names them, with window, polarity and source.
"""
