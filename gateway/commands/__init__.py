"""The command line: one module per group of commands.

Commands are imported when asked for, so that --help answers at once.
"""
