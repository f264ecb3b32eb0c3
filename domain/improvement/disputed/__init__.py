"""What is done about a dispute: rows, evidence, joint reviews, escalation and settlement."""
