"""Leave to see: tickets for live view, playback and clips."""
