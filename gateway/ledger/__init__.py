"""The evidence log as arithmetic: canonical bytes, commitments, tree, tiles and signed notes.

Everything here is a pure function of its arguments: keys, nonces and times are passed in, and no
module opens a file. The formats are public (RFC 8785, RFC 6962, C2SP tlog-tiles and signed-note),
so that an outsider can check a log with software that is not ours.
"""
