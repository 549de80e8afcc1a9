"""What a request may look like before its content is read: media types, size, time."""

import asyncio
import re

from aiohttp import web

_READ_SECONDS = 30.0
_UTF8 = re.compile(r'charset="?utf-8"?', re.IGNORECASE)


def check_accept(request: web.BaseRequest, media_type: str) -> None:
    """Refuse a request that does not accept what the route gives (406, RFC 9110 §12.5.1)."""
    given = ",".join(request.headers.getall("Accept", ()))
    if not given.strip():
        return
    wanted = {_quality(part) for part in given.lower().split(",")}
    main = media_type.partition("/")[0]
    # The most specific range decides, so that `text/xml, application/json;q=0` is a refusal.
    for accepted in (media_type, f"{main}/*", "*/*"):
        qualities = {quality for name, quality in wanted if name == accepted}
        if qualities:
            if max(qualities) > 0:
                return
            break
    raise web.HTTPNotAcceptable


def check_content(request: web.BaseRequest, media_type: str) -> None:
    """Refuse content of another type, in another character set, or compressed (415)."""
    found, _, parameters = request.headers.get("Content-Type", "").partition(";")
    known = {media_type, "text/xml"} if media_type == "application/xml" else {media_type}
    charset = parameters.strip()
    if found.strip().lower() not in known or (charset and not _UTF8.fullmatch(charset)):
        raise web.HTTPUnsupportedMediaType
    # A compressed body could be a thousand times larger than what was counted.
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType


async def read_content(request: web.BaseRequest, limit: int) -> bytes:
    """Return the content, at most `limit` bytes.

    Raises:
        HTTPRequestEntityTooLarge: it is larger (413); reading stops there.
        HTTPRequestTimeout: it did not come within half a minute (408).
    """
    size = request.content_length
    if size is not None and size > limit:
        raise web.HTTPRequestEntityTooLarge(limit, size)
    parts: list[bytes] = []
    count = 0
    try:
        async with asyncio.timeout(_READ_SECONDS):
            async for part in request.content.iter_any():
                count += len(part)
                if count > limit:
                    raise web.HTTPRequestEntityTooLarge(limit, count)
                parts.append(part)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return b"".join(parts)


def _quality(part: str) -> tuple[str, float]:
    name, *parameters = (text.strip() for text in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0
