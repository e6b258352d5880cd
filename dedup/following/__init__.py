"""Following feeds: when to ask next, and lists of feeds in and out. Pure."""
