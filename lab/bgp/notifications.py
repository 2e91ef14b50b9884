"""The words for NOTIFICATION codes, and the text that some of them carry.

Names: RFC 4271 section 4.5 and 6 (codes 1 to 5), RFC 4486 section 3 (Cease), RFC 5492 section 5 (2/7), RFC
6608 section 3 (5/1 to 5/3), RFC 7313 section 5 (code 7), RFC 8538 section 3 (6/9) and RFC 9384 section 3
(6/10). Cease 6/2 and 6/4 may carry a Shutdown Communication of up to 255 octets of UTF-8, RFC 9003 section 2.
"""

from __future__ import annotations

HOLD_TIMER_EXPIRED = 4
CEASE = 6
MAXIMUM_PREFIXES = 1
ADMINISTRATIVE_SHUTDOWN = 2
DE_CONFIGURED = 3
ADMINISTRATIVE_RESET = 4
OTHER_CONFIGURATION_CHANGE = 6
COLLISION = 7

_CODES = {
    1: "Message Header Error",
    2: "OPEN Message Error",
    3: "UPDATE Message Error",
    4: "Hold Timer Expired",
    5: "Finite State Machine Error",
    6: "Cease",
    7: "ROUTE-REFRESH Message Error",
}

_SUBCODES = {
    (1, 1): "Connection Not Synchronized",
    (1, 2): "Bad Message Length",
    (1, 3): "Bad Message Type",
    (2, 1): "Unsupported Version Number",
    (2, 2): "Bad Peer AS",
    (2, 3): "Bad BGP Identifier",
    (2, 4): "Unsupported Optional Parameter",
    (2, 5): "Authentication Failure",
    (2, 6): "Unacceptable Hold Time",
    (2, 7): "Unsupported Capability",
    (3, 1): "Malformed Attribute List",
    (3, 2): "Unrecognized Well-known Attribute",
    (3, 3): "Missing Well-known Attribute",
    (3, 4): "Attribute Flags Error",
    (3, 5): "Attribute Length Error",
    (3, 6): "Invalid ORIGIN Attribute",
    (3, 7): "AS Routing Loop",
    (3, 8): "Invalid NEXT_HOP Attribute",
    (3, 9): "Optional Attribute Error",
    (3, 10): "Invalid Network Field",
    (3, 11): "Malformed AS_PATH",
    (5, 1): "Receive Unexpected Message in OpenSent State",
    (5, 2): "Receive Unexpected Message in OpenConfirm State",
    (5, 3): "Receive Unexpected Message in Established State",
    (6, 1): "Maximum Number of Prefixes Reached",
    (6, 2): "Administrative Shutdown",
    (6, 3): "Peer De-configured",
    (6, 4): "Administrative Reset",
    (6, 5): "Connection Rejected",
    (6, 6): "Other Configuration Change",
    (6, 7): "Connection Collision Resolution",
    (6, 8): "Out of Resources",
    (6, 9): "Hard Reset",
    (6, 10): "BFD Down",
    (7, 1): "Invalid Message Length",
}


def name_of(code: int, subcode: int) -> str:
    """`Cease / Peer De-configured`, as the RFCs call it; what they have no name for is unknown."""
    words = [_CODES.get(code, "Unknown Error")]
    if subcode:
        words.append(_SUBCODES.get((code, subcode), "unknown subcode"))
    return " / ".join(words)


def describe(code: int, subcode: int, text: str = "") -> str:
    """`Cease / Peer De-configured (6/3)`, followed by the text, quoted, where there is one."""
    return f"{name_of(code, subcode)} ({code}/{subcode})" + (f': "{text}"' if text else "")


def readable_data(code: int, subcode: int, data: bytes) -> str:
    """What a human can read in a NOTIFICATION's data field: a Shutdown Communication, or printable text."""
    if (code, subcode) in ((CEASE, ADMINISTRATIVE_SHUTDOWN), (CEASE, ADMINISTRATIVE_RESET)):
        return _shutdown_communication(data)
    return data.decode("ascii") if data and all(0x20 <= octet < 0x7F for octet in data) else ""


def _shutdown_communication(data: bytes) -> str:
    if not data or len(data) <= data[0]:
        return ""
    # A receiver must not trust the text: undecodable octets and control characters are made harmless.
    text = data[1 : 1 + data[0]].decode("utf-8", "replace")
    return "".join(character if character.isprintable() else " " for character in text)
