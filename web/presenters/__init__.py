"""What people see in a terminal: plain words, tables that fit, no colour where none is wanted."""
