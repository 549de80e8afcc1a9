"""The composition root: builds everything once, passes it by hand, owns start and stop."""

from gateway.app.running import App, keep_what_is_built, serve

__all__ = ("App", "keep_what_is_built", "serve")
