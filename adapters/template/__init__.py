"""The example dialect: a small adapter that works, made to be copied."""
