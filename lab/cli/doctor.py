"""`dxlab doctor`: what this machine has and lacks for the lab."""

from __future__ import annotations

import typer

from lab.cli.app import app, out
from lab.doctor import Finding, examine


@app.command()
def doctor() -> None:
    """Say what this machine has and lacks for the lab, one line each, with what to do."""
    findings = examine()
    for finding in findings:
        out.print(_line(finding), markup=False)
    if any(finding.required and not finding.good for finding in findings):
        raise typer.Exit(1)


def _line(finding: Finding) -> str:
    mark = "ok" if finding.good else "MISSING" if finding.required else "absent"
    remedy = f" -- {finding.remedy}" if finding.remedy else ""
    return f"{mark:<8}{finding.subject:<12}{finding.found}{remedy}"
