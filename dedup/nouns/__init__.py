"""The nouns: one frozen type for each stage of an article's journey, and the error tree."""
