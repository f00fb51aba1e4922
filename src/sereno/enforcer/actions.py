"""Every change of what cameras should do."""
