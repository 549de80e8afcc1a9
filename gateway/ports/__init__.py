"""The contracts with what varies: a creditor's dialect, a transport, the clock, the ids.

Only types: what an adapter or a shell must supply, and what it may count on.
"""
