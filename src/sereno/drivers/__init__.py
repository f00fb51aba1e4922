"""Device protocols: what stands at an address, what it shows, and what footage it holds."""
