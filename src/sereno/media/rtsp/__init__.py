"""An RTSP 1.0 client for video over TCP (RFC 2326), and what rides on it."""
