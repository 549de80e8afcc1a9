"""Case files: documented JSON in which anyone writes a resident, creditors and their behaviour."""

from gateway.practice.casefile.reading import CaseFile, default_case, parse_case, read_case_file

__all__ = ("CaseFile", "default_case", "parse_case", "read_case_file")
