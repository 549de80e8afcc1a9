"""Case files: documented JSON in which anyone writes a resident, creditors and their behaviour."""

from gateway.practice.casefile.reading import (
    STORY,
    CaseFile,
    default_case,
    parse_case,
    read_case_file,
)

__all__ = ("STORY", "CaseFile", "default_case", "parse_case", "read_case_file")
