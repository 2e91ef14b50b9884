"""What the AWS API answers to a caller's mistake, in the service model's own names.

    ApiError
    +-- ClientException              the request is wrong: one sentence says what to change (400)
    +-- DuplicateTagKeysException    a tag key stands twice in one request (400)
    +-- TooManyTagsException         more tags than a resource may carry (400)
    +-- LimitExceededException       a rate limiter too many (400)
    +-- ServerException              the endpoint's own failure, such as a full disk (500)

An operation that raises one of these has changed nothing. The classes are named as AWS names its errors, and
so as every SDK names the exception that its user will catch.
"""

from __future__ import annotations

import re
from typing import ClassVar

from lab.errors import printable

#: Longer words are what a caller made up; the longest of the service's own, an ARN of a gateway, has 90.
_LONG_WORD = re.compile(r"([^\s'\"]{64})[^\s'\"]{36,}")
_LONGEST_MESSAGE = 1000


def _clipped(message: str) -> str:
    """A sentence that can be read, whatever of the request it repeats: long words lose their end, and a long
    text its middle, for what to do stands last. It is one line, and moves no cursor: what cannot be printed is
    shown as Python writes it.
    """
    clipped = _LONG_WORD.sub(r"\1...", printable(message))
    if len(clipped) <= _LONGEST_MESSAGE:
        return clipped
    half = _LONGEST_MESSAGE // 2
    return f"{clipped[:half]}...{clipped[-half:]}"


class ApiError(Exception):
    """An answer other than success.

    :ivar code: the error type on the wire, `__type`.
    :ivar status: the HTTP status.
    :ivar message: one sentence for whoever made the call; what it repeats of the request is cut where it is
        long.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 400

    def __init__(self, message: str) -> None:
        self.message = _clipped(message)
        super().__init__(self.message)


class ClientException(ApiError):  # noqa: N818 - AWS's name
    """One or more parameters are not valid."""

    code = "DirectConnectClientException"


class DuplicateTagKeysException(ApiError):  # noqa: N818 - AWS's name
    """A tag key was specified more than once."""

    code = "DuplicateTagKeysException"


class TooManyTagsException(ApiError):  # noqa: N818 - AWS's name
    """The limit of tags on one resource is exceeded."""

    code = "TooManyTagsException"


class LimitExceededException(ApiError):  # noqa: N818 - AWS's name
    """The limit of rate limiters is exceeded."""

    code = "LimitExceededException"


class ServerException(ApiError):  # noqa: N818 - AWS's name
    """The endpoint itself failed."""

    code = "DirectConnectServerException"
    status = 500
