"""Devices that Sereno logs in to: recorders, cameras with an interface of their own, doorbells."""
