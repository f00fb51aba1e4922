"""Devices that nobody named yet: by WS-Discovery, and by looking where a person says."""
