"""Getting voices, and getting rid of them."""
