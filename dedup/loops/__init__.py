"""The loops: the poller, the worker, the server."""
