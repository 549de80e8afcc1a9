"""What a caller asks: cases, grounds, questions, reading; each in the caller's transaction."""
