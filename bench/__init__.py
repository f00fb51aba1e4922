"""One benchmark per promise, each beside what a user would pick instead."""
