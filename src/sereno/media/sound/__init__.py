"""G.711 to AAC: files cannot hold what many cameras speak."""
