"""Standings: the rectangles of (as_of, position) in which a client stands in a figure; and the engines that count."""
