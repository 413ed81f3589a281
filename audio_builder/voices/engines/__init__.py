"""One module for each engine, all behind the boundary in `base`."""
