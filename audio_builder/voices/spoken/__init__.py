"""Words as they are said: what an engine gets for what is written."""
