"""The resources of the REST API, one module per noun: its models, its handlers, its routes."""
