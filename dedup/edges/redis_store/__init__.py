"""The only door to redis-py: the store, its keys (keys.py), its scripts."""

from dedup.edges.redis_store.store import RedisStore

__all__ = ["RedisStore"]
