"""dedup: groups the copies, excerpts, revisions and translations of news articles."""
