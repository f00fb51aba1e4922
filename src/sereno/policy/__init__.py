"""What hub and node must decide alike; pure.

The standard library and `cronsim`, which reads cron expressions; nothing else.
"""
