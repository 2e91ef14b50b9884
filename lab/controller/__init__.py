"""The controller: makes the machine match what the cloud world wants, and tells the cloud world what
happened.

The cloud world (`lab.directconnect`) says what is *desired*: these VIFs, on these connections, with these
peers. The kernel and the speakers are what is *actual*. Between them stands this loop, which holds no opinion
of its own: whenever a connection or a VIF changed, that VIF is settled, which is to say that its namespace,
802.1Q sub-interface, addresses and speakers are made to be what its resource says, by steps that each may be
done twice (`ensure_...`). A step that Linux refuses is tried again, later and later, and said in the log
meanwhile.

                      Cloud.subscribe                       ensure_... , Launcher.start
    cloud world  ───────────────────────▶  controller  ───────────────────────────────▶  kernel, speakers
                 ◀───────────────────────              ◀───────────────────────────────
                 observe, set_carrier,                  SpeakerEvent, LinkEvent
                 vif_configured, vif_removed

A VIF is settled by one task at a time; different VIFs are settled side by side. Work in the kernel blocks, so
it runs in a few threads; everything else runs on the event loop, where the cloud world lives.

After the endpoint was killed, the same loop adopts what stands: a speaker whose fingerprint is the wanted one
is left alone with its session, the rest is made or removed.

`plan` translates resources into what they mean on the machine, `wiring` holds the kernel objects, `observer`
turns what speakers report into observations, `backlog` has them stored, `repair` notices what somebody breaks by hand.
"""

from lab.controller.controller import Controller
from lab.controller.wiring import Wiring

__all__ = ["Controller", "Wiring"]
