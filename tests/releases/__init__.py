"""A small box as each released version left it, which every later version must open."""
