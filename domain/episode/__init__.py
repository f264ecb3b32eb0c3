"""An episode of treatment: the facts that are reported of it, and the events that record them."""
