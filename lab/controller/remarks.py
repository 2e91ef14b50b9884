"""What the loop says in the log, in the log's words: which resource, what happened, what is done about it."""

from __future__ import annotations

from lab.directconnect.cloud import Cloud
from lab.errors import LabError
from lab.logs import Log

log = Log("dxlab.controller")


def carrier_changed(connection_id: str, before: bool | None, up: bool) -> None:
    """There is, or is no, light on a connection's cable; `before` is None of a port that was just made."""
    if up:
        log.info("carrier-up", connection=connection_id)
    elif before:
        action = "its virtual interfaces are down until it is back"
        log.warning("carrier-down", connection=connection_id, action=action)


def not_wired(cloud: Cloud, id_: str, error: LabError, delay: float) -> None:
    """Linux refused what a VIF or a connection needs."""
    vif = cloud.virtual_interface(id_)
    log.error(
        "not-wired",
        vif=vif.id if vif else None,
        connection=vif.connection_id if vif else id_,
        error=str(error),
        retry_in=delay,
        action="it is tried again",
    )


def launcher_died(error: LabError) -> None:
    """The launcher took all speakers along."""
    log.error("launcher-died", error=str(error), action="another is started, with all speakers")


def launcher_not_started(error: LabError, delay: float) -> None:
    """There is none, and so no speaker."""
    log.error("launcher-not-started", error=str(error), retry_in=delay, action="it is tried again")
