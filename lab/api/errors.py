"""Errors of AWS's front end: what a client is told before its request reaches Direct Connect.

    ApiError                                      everything that the API answers (lab.directconnect.errors)
    +-- FrontEndError
        +-- UnknownOperationException             no such operation (400)
        |   +-- NotFound                          ... because the method or path is not the protocol's (404)
        +-- SerializationException                the body cannot be read, or a value has the wrong type (400)
        +-- UnsupportedMediaTypeException         the content type is not the protocol's (415)
        +-- RequestEntityTooLargeException        the body is larger than any request of the API (413)
        +-- MissingAuthenticationTokenException   there is no Authorization header (400)
        +-- IncompleteSignatureException          the Authorization header is not SigV4 (400)
        +-- InvalidSignatureException             it is signed for another service (400)

None of them is in the service's model. Where AWS's JSON services have a name for the error, it is that one.
"""

from __future__ import annotations

from lab.directconnect.errors import ApiError


class FrontEndError(ApiError):
    """A request that no operation of Direct Connect has seen."""


class UnknownOperationException(FrontEndError):  # noqa: N818 - AWS's name
    code = "UnknownOperationException"


class NotFound(UnknownOperationException):
    status = 404


class SerializationException(FrontEndError):  # noqa: N818 - AWS's name
    code = "SerializationException"


class UnsupportedMediaTypeException(FrontEndError):  # noqa: N818 - AWS's name
    code = "UnsupportedMediaTypeException"
    status = 415


class RequestEntityTooLargeException(FrontEndError):  # noqa: N818 - AWS's name
    code = "RequestEntityTooLargeException"
    status = 413


class MissingAuthenticationTokenException(FrontEndError):  # noqa: N818 - AWS's name
    code = "MissingAuthenticationTokenException"


class IncompleteSignatureException(FrontEndError):  # noqa: N818 - AWS's name
    code = "IncompleteSignatureException"


class InvalidSignatureException(FrontEndError):  # noqa: N818 - AWS's name
    code = "InvalidSignatureException"
