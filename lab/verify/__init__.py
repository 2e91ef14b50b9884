"""Verifying: does what the topology expects come true?

    topology --load--> expect        what is wanted, by virtual interface or peer          lab.topology
             --demand_foreseen-->    refused, where no request can come to it              foreseen
             --checks_of-->          one `Check` a peer and key                            expected, checks/
    lab      --probes, sessions-->   `Seen`: what was observed of a peer at one moment     seen, probes
    Check.judge(Seen) -> Judgement   met, not met, not yet, with the difference in words   checks/
    run                              waits for news and judges again                       run
             --> Result, Verdict     what came of it, with evidence for what failed        verdict, evidence
    reports                          terminal, lines, JSON, JUnit, SARIF                   reports/

Judging is pure; only `run`, `probes` and `evidence` touch a lab. For Python programs:

    topology = load(Path("topology.yml"))
    async with verification(topology) as running:
        results = await run(running, checks_of(topology, running.cloud.virtual_interfaces()))

or, with all that the command does, `await Verification(topology, observer).verdict()`.
"""

from lab.verify.checks import Check, Judgement, Outcome
from lab.verify.expected import checks_of, expected
from lab.verify.foreseen import demand_foreseen
from lab.verify.run import Nobody, Observer, run
from lab.verify.verdict import Answer, Evidence, Place, Refusal, Result, Verdict
from lab.verify.verification import Verification, private_name, verification

__all__ = [
    "Answer",
    "Check",
    "Evidence",
    "Judgement",
    "Nobody",
    "Observer",
    "Outcome",
    "Place",
    "Refusal",
    "Result",
    "Verdict",
    "Verification",
    "checks_of",
    "demand_foreseen",
    "expected",
    "private_name",
    "run",
    "verification",
]
