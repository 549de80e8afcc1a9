"""HTTP: REST for back offices, and the listener for creditors' messages on a port of its own.

A handler parses, calls one use case and renders the outcome; it decides nothing itself.
"""
