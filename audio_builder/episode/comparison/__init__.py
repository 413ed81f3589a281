"""What differs between two episodes."""
