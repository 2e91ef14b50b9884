"""Lists in pages: `maxResults` and `nextToken`.

A token names the last resource of the page before by its number, so that a page neither repeats nor leaves
out what was there all the time, whatever was made or deleted in between. It is opaque to clients, as AWS's
is.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TypeVar

from lab.directconnect.errors import ClientException
from lab.directconnect.model import Resource
from lab.directconnect.rules import Parameters

#: A larger maxResults is taken as this one, as the service model says.
LARGEST_PAGE = 100

R = TypeVar("R", bound=Resource)


def page(resources: Iterable[R], parameters: Parameters) -> tuple[Sequence[R], dict[str, str]]:
    """The part of a list that a request asks for; all of it where the request sets no maximum.

    :param resources: in the order of their numbers.
    :return: the page, and the `nextToken` member of the answer if there is more.
    """
    token, size = parameters.get("nextToken"), parameters.get("maxResults")
    after = _decode(token) if token else 0
    rest = (resource for resource in resources if resource.number > after)
    if size is None:
        return list(rest), {}
    if size < 1:
        raise ClientException(f"maxResults {size} is not valid: use 1 to {LARGEST_PAGE}.")
    size = min(size, LARGEST_PAGE)
    found = list(islice(rest, size + 1))
    if len(found) <= size:
        return found, {}
    return found[:size], {"nextToken": _encode(found[size - 1].number)}


def _encode(number: int) -> str:
    return base64.b64encode(json.dumps({"v": 1, "after": number}).encode()).decode()


def _decode(token: str) -> int:
    try:
        content = json.loads(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        content = None
    match content:
        case {"after": int(after)} if not isinstance(after, bool):
            return after
    raise ClientException("nextToken is not valid: use the one of the previous answer, unchanged.")
