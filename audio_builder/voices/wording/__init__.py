"""What is said for what is written: numbers, abbreviations, pronunciations."""
