"""People, their rights, and the tokens of their programs."""
