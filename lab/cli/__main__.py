"""`python -m lab.cli` is the `dxlab` command."""

from lab.cli import main

main()
