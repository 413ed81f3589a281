"""Words per minute: what was measured, and the setting that gives what is asked for."""
