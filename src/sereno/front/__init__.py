"""The one open port: TLS, sockets, media and pages; everything else goes on to the hub."""
