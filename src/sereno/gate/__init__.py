"""The only door for nodes: orders go out, reports come in."""
