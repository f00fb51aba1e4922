"""Hikvision devices, by ISAPI."""
