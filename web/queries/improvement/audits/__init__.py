"""Case-file audits, as the parties read them: samples, results, files, comparisons."""
