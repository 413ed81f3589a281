"""The studio: a page in the browser of this machine on which a text becomes an episode by hand and ear."""
