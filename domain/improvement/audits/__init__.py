"""Case-file audits: what is looked for in a file, how files are drawn, and what was found."""
