"""Reading: from an entry as it came to an article that can be compared. Pure."""
