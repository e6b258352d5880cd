"""How polite our poller is, seen by those whom it asks."""
