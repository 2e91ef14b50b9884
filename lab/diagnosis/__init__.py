"""Why a session is down: evidence in, a cause out, in words that say what to change.

    cable (recorder, tape)    ─┐
    kernel (kernel)            │
    speaker, session           ├──▶  Case  ──▶  rules  ──▶  judge  ──▶  Verdict
    the router's own view      │                                          (words, fixes)
    probes (probes)           ─┘

    evidence, messages    what is known, one frozen dataclass per kind; each a line of JSON
    causes, verdict       what can be found, in the order of mending
    case, rules, judge    the judgement, a pure function
    words, fixes          what to say of it, by kind of router
    frames, digest, pcap  octets read: Ethernet to BGP, TCP-MD5 with a second look at the key, capture files
    tape                  the frames that are kept, and for how long
    configuration         where a router's configuration speaks of something
    recorder, kernel, probes   the edge: readers that each do one thing, with root and in namespaces

Whoever gathers the evidence of a running lab, and knows its routers and its cloud world, is `lab.diagnose`.
"""

from lab.diagnosis.case import Case, Expected
from lab.diagnosis.causes import HEALTHY, UNCLEAR, Cause
from lab.diagnosis.judge import judge
from lab.diagnosis.verdict import Confidence, Verdict

__all__ = ["HEALTHY", "UNCLEAR", "Case", "Cause", "Confidence", "Expected", "Verdict", "judge"]
