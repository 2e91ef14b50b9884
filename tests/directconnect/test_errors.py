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
