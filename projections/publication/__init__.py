"""What was published: certificates, frozen scorecards, what of it is restated, what the public sees."""
