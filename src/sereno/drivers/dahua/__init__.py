"""Dahua devices: CGI, and RPC2 for what CGI lacks."""
