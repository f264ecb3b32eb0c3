"""What is answered about plans, notices and reports: the structs that pages, API and command line have."""
