"""Case-file audits: drawn, typed in, completed and compared."""
