"""How drivers ask devices by HTTP: digest only, one wrong password and no more."""
