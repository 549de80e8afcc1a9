"""Configuration: TOML files become frozen settings, or a list of everything that is wrong.

The keys in the files are Dutch, the language of the operators; the code is English. `forms` is what
may stand in a file, `settings`, `partners` and `policies` are what it means, and `configuration`
holds one consistent snapshot of all of it, swapped at once or not at all.
"""
