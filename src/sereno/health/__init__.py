"""What is wrong, everywhere, in one list: most severe first, one cause one line."""
