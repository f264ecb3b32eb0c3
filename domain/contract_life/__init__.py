"""What is agreed between the parties: contracts, targets, publications, disputes."""
