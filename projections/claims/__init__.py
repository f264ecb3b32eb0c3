"""Another party's figures beside ours: claims, lists of people, disputes, printed tables."""
