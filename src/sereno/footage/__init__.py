"""What footage exists where: coverage, gaps and their causes, as the nodes reported them."""
