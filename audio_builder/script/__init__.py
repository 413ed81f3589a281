"""From an `Article` to a `Script`: what is said, and how long each silence is."""
