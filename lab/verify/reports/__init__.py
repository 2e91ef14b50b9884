"""Who reads the verdict: people at a terminal, programs in a pipe, and three kinds of machine.

A report is a class here and a line in the registry; it watches the verification and writes to a stream. One
conformance test runs over all of them (tests/verify/reports/test_conformance.py).
"""

from lab.verify.reports.base import Document, Report, Reports
from lab.verify.reports.json_ import Json
from lab.verify.reports.junit import JUnit
from lab.verify.reports.lines import Lines
from lab.verify.reports.sarif import Sarif
from lab.verify.reports.terminal import Terminal

#: Reports by name.
REPORTS: dict[str, type[Report]] = {each.name: each for each in (Terminal, Lines, Json, JUnit, Sarif)}

__all__ = ["REPORTS", "Document", "JUnit", "Json", "Lines", "Report", "Reports", "Sarif", "Terminal"]
