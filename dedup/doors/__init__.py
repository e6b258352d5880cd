"""The doors: settings, daemon, command line, and the library's own front door."""
