"""Ids, ARNs and device names in the forms that AWS gives them.

Connections, VIFs and peers are known by a prefix and eight characters, of which all published ids begin with
`ff`, `fg` or `fh`; gateways by a version 4 UUID. An ARN names a resource together with its region and
account; that of a Direct Connect gateway leaves the region empty, because the gateway belongs to none.

Forms: AWS's CloudFormation schemas `AWS::DirectConnect::*`; alphabets: published answers of the service.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import uuid
from collections.abc import Container
from dataclasses import dataclass
from enum import Enum

from lab.directconnect.errors import ClientException

BASE36 = string.digits + string.ascii_lowercase
KEY_ALPHABET = string.ascii_letters + string.digits + "._"


class Kind(Enum):
    """A kind of resource that has ids: what the API calls it, and the form of its ids."""

    CONNECTION = ("Connection ID", r"dxcon-[a-z0-9]{8,21}")
    LAG = ("Lag ID", r"dxlag-[a-z0-9]{8,21}")
    VIRTUAL_INTERFACE = ("Virtual Interface ID", r"dxvif-[a-z0-9]{8}")
    BGP_PEER = ("BGP Peer ID", r"dxpeer-[a-z0-9]{8}")
    DIRECT_CONNECT_GATEWAY = (
        "Direct Connect Gateway ID",
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    )
    VIRTUAL_GATEWAY = ("VirtualGateway ID", r"vgw-(?:[0-9a-f]{8}|[0-9a-f]{17})")

    def __init__(self, title: str, form: str) -> None:
        self.title = title
        self.form = re.compile(form)

    def matches(self, text: str) -> bool:
        """Whether the text has the form of this kind's ids."""
        return self.form.fullmatch(text) is not None


def well_formed(kind: Kind, text: str) -> str:
    """The text itself, if it has the form of the kind's ids; else ClientException."""
    if not kind.matches(text):
        raise ClientException(f"{kind.title} {text} has an invalid format.")
    return text


def new_id(prefix: str, taken: Container[str]) -> str:
    """An id such as `dxvif-fg12ab34` that is not taken yet."""
    while True:
        tail = secrets.choice("fgh") + "".join(secrets.choice(BASE36) for _ in range(6))
        if (candidate := f"{prefix}-f{tail}") not in taken:
            return candidate


def new_gateway_id() -> str:
    """The id of a new Direct Connect gateway."""
    return str(uuid.uuid4())


def new_auth_key() -> str:
    """A BGP key in the form in which AWS makes them: `0x` and 22 characters that are not a number at all."""
    return "0x" + "".join(secrets.choice(KEY_ALPHABET) for _ in range(22))


def device(location: str) -> str:
    """The name of the one AWS device that a location of the lab has, such as `EqDC2-123h49s71dabc`."""
    number = int.from_bytes(hashlib.sha256(location.encode()).digest()[:8])
    letters = []
    for _ in range(13):
        number, digit = divmod(number, 36)
        letters.append(BASE36[digit])
    return f"{location}-{''.join(letters)}"


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN that matter here; `region` is empty for a Direct Connect gateway.

    `account` is empty in the ARNs that Terraform writes where it was told not to ask who it is
    (`skip_requesting_account_id`).
    """

    region: str
    account: str
    type: str
    id: str

    _FORM = re.compile(
        r"arn:aws[a-z-]*:directconnect:(?P<region>[a-z0-9-]*):(?P<account>[0-9]{12}|)"
        r":(?P<type>[a-z-]+)/(?P<id>[A-Za-z0-9-]+)"
    )

    @classmethod
    def parse(cls, text: str) -> Arn:
        """Raise ClientException where the text is no ARN of this service."""
        match = cls._FORM.fullmatch(text)
        if match is None:
            raise ClientException(f"Resource ARN {text} has an invalid format.")
        return cls(**match.groupdict())

    def __str__(self) -> str:
        return f"arn:aws:directconnect:{self.region}:{self.account}:{self.type}/{self.id}"
