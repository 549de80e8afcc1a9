"""The composition root: builds everything once, passes it by hand, owns start and stop."""

from gateway.app.running import App, serve

__all__ = ("App", "serve")
