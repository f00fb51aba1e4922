"""The daemon at a site: it does what the hub orders, records, and tells what it did."""
