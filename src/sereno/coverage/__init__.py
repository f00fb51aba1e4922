"""What became of what was promised: timelines, reports, alarms."""
