"""Where the database is: the DSN in the settings, or an embedded server that is prepared here."""

import hmac
from urllib.parse import unquote, urlsplit

from gateway.config.settings import DatabaseSettings
from gateway.store.embedded import EmbeddedServer
from gateway.store.migration import ensure_database, ensure_login, migrate

DATABASE = "gateway"
LOGIN = "gateway"


async def open_database(settings: DatabaseSettings) -> tuple[EmbeddedServer | None, str]:
    """Return the DSN for the gateway's own role, and the embedded server if that is what it is.

    The owner of a database by DSN runs the migrations himself (`gateway migrate`): the gateway's
    role may not. Raises StoreUnavailable.
    """
    if settings.folder is None:
        return None, settings.dsn or ""
    server = await EmbeddedServer.start(settings.folder)
    try:
        await ensure_database(server.dsn(), DATABASE)
        owner = server.dsn(DATABASE)
        await migrate(owner)
        await ensure_login(owner, LOGIN, _password(owner))
    except BaseException:
        await server.stop()
        raise
    return server, _as_login(owner)


def _password(owner: str) -> str:
    """Derived from the owner's, so that every process on this server finds the same one."""
    secret = unquote(urlsplit(owner).password or "").encode()
    return hmac.digest(secret, LOGIN.encode(), "sha256").hex()


def _as_login(owner: str) -> str:
    parts = urlsplit(owner)
    return parts._replace(netloc=f"{LOGIN}:{_password(owner)}@").geturl()
