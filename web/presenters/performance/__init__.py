"""How treatment performs: figures, scorecards, and how late records restated them."""
