"""The store in Redis: the only door to the redis package."""
