"""Fragmented MP4: the one format of footage (ISO/IEC 14496-12 and -15)."""
