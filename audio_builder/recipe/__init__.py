"""The settings of an episode, and reading them from TOML."""
