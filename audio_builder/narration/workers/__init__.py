"""The processes that speak, and how the building process talks to them."""
