"""Sketching: from an article to its fingerprint. Pure."""
