"""The edges: HTTP, feed documents, Redis. The only doors to the packages that speak to the world."""
