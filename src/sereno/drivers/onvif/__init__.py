"""Devices of any maker that speak ONVIF (profiles S, T and G)."""
