"""What the log says, asked in many ways: standings, figures, and the reference engine."""
