"""The bundled sample: feeds written for this project, and a small origin on loopback that serves them."""
