"""The addresses and commands of systems that Sereno grew out of, on the same actions and rights."""
