"""How a story is told: live on a terminal, in plain lines, and in tables at the end."""
