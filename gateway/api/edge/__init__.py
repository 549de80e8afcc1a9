"""HTTP and TLS around the handlers: server names, media types, headers, broken requests."""
