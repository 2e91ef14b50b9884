"""Values that fit a shape of botocore's model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape

PATTERNED = {
    "CoreNetworkAttachmentId": "attachment-0a1b2c3d4e5f60718",
    "CoreNetworkIdentifier": "core-network-0a1b2c3d4e5f60718",
    "ResiliencyGroupArn": "arn:aws:directconnect::123456789012:dx-resiliency-group/dxrg-0a1b2c3d4e5f6g7h8",
    "ResiliencyGroupId": "dxrg-0a1b2c3d4e5f6g7h8",
    "ResiliencyGroupName": "group-1",
    "TagKey": "owner",
    "TagValue": "Größe 1",
}

SCALARS: dict[str, object] = {
    "integer": 7,
    "long": 4_200_000_000,
    "boolean": True,
    "timestamp": datetime(2026, 11, 23, 4, 54, 41, tzinfo=UTC),
    "blob": b"%PDF-1.4 \x00\xff",
}


def example(shape: Shape | None, *, complete: bool) -> dict[str, Any]:
    """A structure with all its members, or with the required ones alone; None is the shape of nothing."""
    if shape is None:
        return {}
    chosen = shape.members if complete else shape.required_members
    return {name: _value(shape.members[name], complete=complete) for name in chosen}


def _value(shape: Shape, *, complete: bool) -> object:
    if shape.type_name == "structure":
        return example(shape, complete=complete)
    if shape.type_name == "list":
        return [_value(shape.member, complete=complete)]
    if shape.type_name == "string":
        return PATTERNED.get(shape.name) or (shape.enum[0] if shape.enum else f"a {shape.name}")
    return SCALARS[shape.type_name]
