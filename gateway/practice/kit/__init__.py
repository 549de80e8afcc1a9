"""The creditor kit: everything a creditor needs to build and try its side, in one folder."""

from gateway.practice.kit.writing import write_kit

__all__ = ("write_kit",)
