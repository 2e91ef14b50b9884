from __future__ import annotations

import pytest

from lab.directconnect import errors
from tests.directconnect.shapes import MODEL


@pytest.mark.parametrize(
    "error",
    [
        errors.ClientException,
        errors.DuplicateTagKeysException,
        errors.TooManyTagsException,
        errors.LimitExceededException,
        errors.ServerException,
    ],
)
def test_every_error_is_one_of_the_service_model(error: type[errors.ApiError]) -> None:
    shape = MODEL.shape_for(error.code)
    assert shape.metadata["exception"]
    status = shape.metadata.get("error", {}).get("httpStatusCode", 400)
    assert error.status == status


def test_an_error_carries_its_sentence() -> None:
    error = errors.ClientException("vlan is required.")
    assert (error.message, str(error)) == ("vlan is required.", "vlan is required.")


def test_a_long_word_of_the_callers_is_cut() -> None:
    error = errors.ClientException(f"Connection ID {'x' * 5000} has an invalid format.")
    assert error.message == f"Connection ID {'x' * 64}... has an invalid format."


def test_a_long_text_of_the_callers_loses_its_middle() -> None:
    message = errors.ClientException(f"Connection ID {'x ' * 5000} has an invalid format.").message
    assert len(message) == 1003
    assert message.startswith("Connection ID x x")
    assert message.endswith("x  has an invalid format.")


def test_the_longest_words_of_the_service_stay() -> None:
    arn = "arn:aws-us-gov:directconnect::123456789012:dx-gateway/5f294f92-bafb-4011-916d-9b0bd1234567"
    assert errors.ClientException(f"Resource {arn} does not exist.").message.split()[1] == arn
