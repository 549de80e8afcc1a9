"""The only outward network code: how signed bytes travel to a partner and what came of it."""
