"""What the parties do: contracts, targets, publications, disputes."""
