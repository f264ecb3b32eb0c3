"""When a figure is red: action plans, notices, audits, until it is signed off."""
