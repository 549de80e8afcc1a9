"""The municipality's one front door to all creditors."""

__version__ = "0.1.0"
