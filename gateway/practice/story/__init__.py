"""The story of the demo: a back office asks, creditors answer, days pass, all of it is checked."""
