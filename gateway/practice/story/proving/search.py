"""Searches what the gateway leaves behind in the clear for the person it was all about.

Log lines, the open part of every event in the evidence log, and every URL that was called may hold
random ids, codes and dates; a BSN or a name in any of them is a leak (design §2, principle 9).
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from gateway.domain.person import Resident
from gateway.practice.story.told import Search

_SHORTEST = 3


def personal_words(resident: Resident) -> tuple[re.Pattern[str], ...]:
    """Return what to look for: BSN, surname, first names, street and postcode, as whole words.

    Words of fewer than three letters stand in every text and prove nothing.
    """
    name, address = resident.name, resident.address
    words = [name.surname, *(name.first_names or "").split()]
    if resident.bsn is not None:
        words.append(resident.bsn.value)
    if address is not None:
        words += [address.street, address.postcode]
    return tuple(_word(word) for word in words if len(word) >= _SHORTEST)


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)", re.IGNORECASE)


def search(
    resident: Resident, lines: Iterable[tuple[str, str]], control: Iterable[bytes]
) -> Search:
    """Search lines, each with the place it is from, and a control that must be found."""
    words = personal_words(resident)
    count, found = 0, []
    for place, line in lines:
        count += 1
        if any(word.search(line) for word in words):
            found.append(place)
    seen = (document.decode(errors="replace") for document in control)
    named = sum(any(word.search(document) for word in words) for document in seen)
    return Search(count, tuple(found), named)


def lines_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each line of each file in a folder, with file name and number."""
    for path in sorted(folder.iterdir()):
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                yield f"{path.name}:{number}", line
