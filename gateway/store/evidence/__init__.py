"""What stays: events, the log, sealed content and the keys to it."""
