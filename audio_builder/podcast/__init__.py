"""The show: what a folder of episodes needs so that any podcast player can subscribe to it and any browser play it."""
