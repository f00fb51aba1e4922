"""Devices that this node logs in to: tended as ordered, looked into when people ask."""
