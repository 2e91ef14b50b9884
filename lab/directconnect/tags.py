"""The rules that tags obey (the user guide on tagging; patterns of the service model)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from lab.directconnect.errors import ClientException, DuplicateTagKeysException, TooManyTagsException
from lab.directconnect.model import Tag

LONGEST_KEY, LONGEST_VALUE = 128, 256
RESERVED_PREFIX = "aws:"
_PUNCTUATION = frozenset("_.:/=+-@")


def parse_tags(given: Iterable[Mapping[str, Any]]) -> tuple[Tag, ...]:
    """The tags of a request, each checked, no key twice."""
    tags = tuple(_parse(tag) for tag in given)
    twice = [key for key, count in Counter(tag.key for tag in tags).items() if count > 1]
    if twice:
        raise DuplicateTagKeysException(f"Tag key {twice[0]} is given more than once.")
    return tags


def merge_tags(present: Iterable[Tag], added: Iterable[Tag], *, most: int) -> tuple[Tag, ...]:
    """The tags of a resource after some were added or given new values.

    :param most: how many a resource may have.
    :raises TooManyTagsException: there would be more.
    """
    merged = {tag.key: tag for tag in (*present, *added)}
    if len(merged) > most:
        raise TooManyTagsException(
            f"A resource can have up to {most} tags, and this one would have {len(merged)}."
        )
    return tuple(merged.values())


def _parse(tag: Mapping[str, Any]) -> Tag:
    key, value = str(tag.get("key", "")), str(tag.get("value") or "")
    if not 1 <= len(key) <= LONGEST_KEY or not _allowed(key):
        raise ClientException(
            f"Tag key {key!r} has an invalid format:"
            f" use 1 to {LONGEST_KEY} letters, digits, spaces and _.:/=+-@"
        )
    if key.lower().startswith(RESERVED_PREFIX):
        raise ClientException(f"Tag key {key} is reserved: keys must not begin with {RESERVED_PREFIX}")
    if len(value) > LONGEST_VALUE or not _allowed(value):
        raise ClientException(
            f"The value of tag {key} has an invalid format:"
            f" use up to {LONGEST_VALUE} letters, digits, spaces and _.:/=+-@"
        )
    return Tag(key=key, value=value)


def _allowed(text: str) -> bool:
    """Whether the text is of letters, separators, numbers (Unicode's L, Z, N) and AWS's punctuation."""
    return all(letter in _PUNCTUATION or unicodedata.category(letter)[0] in "LZN" for letter in text)
