"""Everything that sounds and is not the voice: beds, bells, breaths, a listener's own music."""
