"""Matching: from two fingerprints to evidence. Pure."""
