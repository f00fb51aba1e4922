"""Sites, the nodes that stand there, and the cameras those run."""
