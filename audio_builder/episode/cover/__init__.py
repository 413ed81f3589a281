"""The cover: drawn from a title, or fitted from a picture."""
