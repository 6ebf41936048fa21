"""Models of everything that travels between services or is stored by them."""
