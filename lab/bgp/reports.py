"""What ExaBGP's Peer tells while it runs, turned into our events.

ExaBGP reports to helper programs, through an object called Processes (exabgp.reactor.api.processes).
`Reports` has the methods of it that a Peer calls, and answers in this process. It is called from inside the
protocol's generator, so a `Notify` raised here ends the session then and there, before the next message is
read. Two of AWS's rules take effect that way: the prefix limit, and that a hold time of 0 is not accepted.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping

from exabgp.bgp.message import Message, Notification, Notify, Open, Update
from exabgp.bgp.message.open.capability.capability import Capability
from exabgp.bgp.message.open.capability.negotiated import Negotiated
from exabgp.bgp.message.update.eor import EOR
from exabgp.bgp.neighbor import Neighbor
from exabgp.protocol.family import SAFI

from lab.bgp.events import (
    Established,
    NotificationReceived,
    NotificationSent,
    OpenReceived,
    OpenSent,
    PrefixLimitExceeded,
    ProbationPassed,
    Route,
    UpdateReceived,
)
from lab.bgp.neighbor import MINIMUM_HOLD_TIME, afi
from lab.bgp.notifications import CEASE, MAXIMUM_PREFIXES, readable_data
from lab.bgp.routes import read_update
from lab.bgp.session import Session
from lab.bgp.spec import SpeakerSpec

# Makes an event of a class and its details, and tells what the session is after it.
Say = Callable[..., Session]

# How long the router may take to answer an OPEN, seconds. RFC 4271 section 8.2.2 suggests 240.
_OPEN_WAIT = 60.0

_UNACCEPTABLE_HOLD_TIME = (2, 6)

# Seconds. A router whose UPDATEs have paused for so long has sent its initial routes. End-of-RIB says so at once, but
# need not be sent to a peer without graceful restart. FRR does not send it, and holds its first UPDATE back for 1.2 s;
# BIRD does, and sometimes sleeps for 3 s before the first UPDATE. To be sent it, one would have to announce graceful
# restart (RFC 4724), and so promise to keep a restarting router's routes, which is not done here. The marked end of an
# enhanced route refresh (RFC 7313) would serve as well, but only with routers that offer that, and it would begin only
# when the router has processed the request: the pause would still be needed for all others. So it is the one rule.
QUIET = 5.0


class Reports:
    """What is known of the connection at hand.

    :param say: called with an event's class and its details.
    :param on_probation: whether a prefix limit was exceeded, see `lab.bgp.session`.
    """

    terminate_on_error = False

    def __init__(self, spec: SpeakerSpec, say: Say, *, on_probation: bool) -> None:
        self._spec = spec
        self._say = say
        self.on_probation = on_probation
        self.renew()

    def renew(self) -> None:
        """Another connection."""
        self.established = False
        self.ending: str | None = None
        self.hold_time = _OPEN_WAIT
        self._heard_at = self._routes_at = time.monotonic()
        self._end_of_rib = False
        self._held: Mapping[str, Route] = {}

    def hold_time_left(self) -> float:
        """Seconds until the router has been silent for too long, RFC 4271 section 4.4."""
        return self._heard_at + self.hold_time - time.monotonic()

    def probation_left(self) -> float | None:
        """Seconds until the initial routes count as complete; None where nobody waits for that."""
        if not (self.established and self.on_probation):
            return None
        return 0.0 if self._end_of_rib else max(0.0, self._routes_at + QUIET - time.monotonic())

    def pass_probation(self) -> None:
        self.on_probation = False
        self._say(ProbationPassed)

    # From here on: ExaBGP's names and parameters.

    def broken(self, _neighbor: Neighbor) -> bool:
        return False

    def connected(self, _neighbor: Neighbor) -> None:
        """`Connected` is said by the machine, which knows who dialled."""

    def down(self, _neighbor: Neighbor, _reason: str) -> None:
        """`SessionClosed` is said by the machine, which knows why."""

    def notification(self, *_details: object) -> None:
        """A message that could not be framed; the NOTIFICATION that answers it is reported when it is sent."""

    def negotiated(self, _neighbor: Neighbor, terms: Negotiated) -> None:
        self.hold_time = float(terms.holdtime)
        # A router without the multiprotocol extensions speaks IPv4 unicast, RFC 4760 section 8.
        if self._spec.family == 4 and not terms.received_open.capabilities.announced(
            Capability.CODE.MULTIPROTOCOL
        ):
            terms.families.append((afi(4), SAFI.unicast))

    def up(self, _neighbor: Neighbor) -> None:
        self.established = True
        self._routes_at = time.monotonic()
        self._say(Established, self.on_probation)

    def message(
        self,
        _kind: int,
        _neighbor: Neighbor,
        direction: str,
        message: Message,
        _negotiated: Negotiated,
        _header: bytes,
        body: bytes,
    ) -> None:
        if direction == "send":
            self._sent(message, body)
        else:
            self._heard_at = time.monotonic()
            self._received(message, body)

    def _sent(self, message: Message, body: bytes) -> None:
        if isinstance(message, Open):
            self._say(OpenSent, *_introduction(message))
        else:
            self._notification(NotificationSent, body)

    def _received(self, message: Message, body: bytes) -> None:
        if isinstance(message, Notification):
            self._notification(NotificationReceived, body)
        elif isinstance(message, Open):
            self._open(message)
        elif isinstance(message, EOR):
            self._end_of_rib = True
        elif isinstance(message, Update) and self.established:
            self._update(message)

    def _open(self, message: Open) -> None:
        self._say(OpenReceived, *_introduction(message))
        if message.hold_time < MINIMUM_HOLD_TIME:
            raise Notify(*_UNACCEPTABLE_HOLD_TIME, b"")

    def _notification(self, kind: type[NotificationSent | NotificationReceived], body: bytes) -> None:
        code, subcode = body[0], body[1]
        text = readable_data(code, subcode, body[2:])
        self.ending = self._say(kind, code, subcode, text).reason

    def _update(self, update: Update) -> None:
        self._routes_at = time.monotonic()
        announced, withdrawn = read_update(update, spec=self._spec, held=self._held)
        if announced or withdrawn:
            self._held = self._say(UpdateReceived, announced, withdrawn).routes
            self._keep_the_limit(self._spec.prefix_limit)

    def _keep_the_limit(self, limit: int) -> None:
        if len(self._held) <= limit:
            return
        self.on_probation = True
        self._say(PrefixLimitExceeded, len(self._held), limit)
        # RFC 4486 section 4: address family, subsequent address family, upper bound.
        data = struct.pack("!HBI", afi(self._spec.family), SAFI.unicast, limit)
        raise Notify(CEASE, MAXIMUM_PREFIXES, data)


def _introduction(message: Open) -> tuple[int, int, str, tuple[str, ...]]:
    """ASN, hold time, BGP Identifier and capabilities of an OPEN."""
    capabilities = message.capabilities
    asn = capabilities.get(Capability.CODE.FOUR_BYTES_ASN, message.asn)
    names = tuple(str(code) for code, value in capabilities.items() if getattr(value, "host_name", True))
    return int(asn), int(message.hold_time), str(message.router_id), names
