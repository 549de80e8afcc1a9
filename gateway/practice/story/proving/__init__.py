"""How a story is proven: evidence, the search for personal data, checks of the end state."""
