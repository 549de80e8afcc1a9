"""The stage of a story: a folder, keys, a configuration, a database, a gateway and creditors."""
