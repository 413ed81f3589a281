"""The backgrounds: one module for each."""
