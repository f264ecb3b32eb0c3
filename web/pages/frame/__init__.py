"""What every page stands in: its address, layout, navigation, forms, errors and files."""
