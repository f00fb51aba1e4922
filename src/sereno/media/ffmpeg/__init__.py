"""The second engine: ffmpeg in a process of its own, for whatever the native one cannot do."""
