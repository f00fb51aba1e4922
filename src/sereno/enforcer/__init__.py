"""What should run against what does run."""
