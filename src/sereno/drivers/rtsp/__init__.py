"""Cameras of which nothing is known but that they speak RTSP."""
