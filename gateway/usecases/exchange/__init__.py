"""One message out and one message in: record, send, settle; receive, take in, set apart."""
