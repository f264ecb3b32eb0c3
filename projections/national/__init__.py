"""Many councils at one standpoint: each council's standings as Parquet, and the counts that are read from them."""
