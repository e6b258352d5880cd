"""A Redis of our own, for those who do not run one.

The server belongs to its data directory, not to the process that happened to start it: `dedup ingest` beside a
running daemon uses the daemon's server, and whoever leaves last stops it. That rests on three advisory locks, which
the kernel lets go of when a process ends, however it ends; no process id is ever guessed from a file.

    DATA_DIR/redis/
        start.lock     held while somebody starts or stops the server: one at a time
        users.lock     shared by all users: who can have it alone is the last one
        server.lock    held by the server itself, through an inherited descriptor: free means that no server is alive
        address        the path of the socket
        redis.sock     the socket; in a private temporary directory if its path would be too long here
        redis.conf     what the server was started with, written anew each time
        redis.log      what it says
        appendonly*    the data
"""

from dedup.edges.embedded.binary import RedisBinary, find_redis_binary
from dedup.edges.embedded.server import EmbeddedRedis

__all__ = ["EmbeddedRedis", "RedisBinary", "find_redis_binary"]
