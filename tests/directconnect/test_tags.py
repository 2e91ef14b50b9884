from __future__ import annotations

import pytest

from lab.directconnect.errors import (
    ApiError,
    ClientException,
    DuplicateTagKeysException,
    TooManyTagsException,
)
from lab.directconnect.model import Tag
from lab.directconnect.tags import merge_tags, parse_tags


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("owner", "Größe 1"),
        ("a" * 128, "b" * 256),
        ("x:y/z=+-@_.", ""),
        ("日本語", "\N{IDEOGRAPHIC SPACE}"),
        ("½", "aws:value"),
    ],
)
def test_tags_that_can_be(key: str, value: str) -> None:
    assert parse_tags([{"key": key, "value": value}]) == (Tag(key=key, value=value),)


def test_a_tag_needs_no_value() -> None:
    assert parse_tags([{"key": "a"}]) == (Tag(key="a", value=""),)


FORM = "use 1 to 128 letters, digits, spaces and _.:/=+-@"


@pytest.mark.parametrize(
    ("tags", "error", "message"),
    [
        ([{"key": ""}], ClientException, f"Tag key '' has an invalid format: {FORM}"),
        ([{"key": "a" * 129}], ClientException, f"Tag key '{'a' * 64}...' has an invalid format: {FORM}"),
        ([{"key": "a#b"}], ClientException, f"Tag key 'a#b' has an invalid format: {FORM}"),
        ([{"key": "a\nb"}], ClientException, f"Tag key 'a\\nb' has an invalid format: {FORM}"),
        (
            [{"key": "AWS:x"}],
            ClientException,
            "Tag key AWS:x is reserved: keys must not begin with aws:",
        ),
        (
            [{"key": "a", "value": "b" * 257}],
            ClientException,
            "The value of tag a has an invalid format: use up to 256 letters, digits, spaces and _.:/=+-@",
        ),
        (
            [{"key": "a", "value": "\N{SNOWMAN}"}],
            ClientException,
            "The value of tag a has an invalid format: use up to 256 letters, digits, spaces and _.:/=+-@",
        ),
        (
            [{"key": "a", "value": "1"}, {"key": "b"}, {"key": "a", "value": "2"}],
            DuplicateTagKeysException,
            "Tag key a is given more than once.",
        ),
    ],
)
def test_tags_that_cannot_be(tags: list[dict[str, str]], error: type[ApiError], message: str) -> None:
    with pytest.raises(ApiError) as raised:
        parse_tags(tags)
    assert (type(raised.value), raised.value.message) == (error, message)


def numbered(count: int, value: str = "") -> tuple[Tag, ...]:
    return tuple(Tag(key=f"key{number}", value=value) for number in range(count))


def test_a_tag_that_is_there_gets_the_new_value_and_keeps_its_place() -> None:
    merged = merge_tags(numbered(3), [Tag(key="key1", value="new"), Tag(key="more", value="")], most=4)
    assert [(tag.key, tag.value) for tag in merged] == [
        ("key0", ""),
        ("key1", "new"),
        ("key2", ""),
        ("more", ""),
    ]


def test_a_full_resource_takes_new_values_but_no_new_keys() -> None:
    assert merge_tags(numbered(50), numbered(50, "new"), most=50) == numbered(50, "new")
    with pytest.raises(TooManyTagsException) as raised:
        merge_tags(numbered(50), [Tag(key="more", value="")], most=50)
    assert raised.value.message == "A resource can have up to 50 tags, and this one would have 51."
