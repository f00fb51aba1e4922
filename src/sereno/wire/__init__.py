"""What hub and node say to each other: orders down, reports up, tickets for viewers.

Both sides import this room and neither imports the other.
"""
