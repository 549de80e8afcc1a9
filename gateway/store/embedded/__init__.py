"""The embedded PostgreSQL: the same database as in production, without anything to install.

The programs come from a Python package or from the system; only the programs are used, they run
as our own direct child. `EmbeddedServer.start(folder)` is all that others need.
"""

from gateway.store.embedded.server import EmbeddedServer

__all__ = ["EmbeddedServer"]
