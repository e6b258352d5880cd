"""Grouping: from evidence to clusters, and from clusters to what changed. Pure."""
