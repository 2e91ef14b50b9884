"""How documents are taken apart, and the two ends of docs/clients.md. Each client's section has a module of
its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.places import Places
from tests.clients.conftest import OFFICE
from tests.clients.document import CLIENTS, Program, expected_output, programs
from tests.clients.shell import Shell
from tests.support.command import bench, nothing_left
from tests.support.lab import shipped

PAGE = """# Page

## One

```sh
true
```

```python
print(1)
```

```text
1
```

## Two

```yaml
no: program
```

```text
neither
```
"""


def test_programs_and_what_they_print() -> None:
    found = programs(PAGE, "One")

    assert found == [Program("sh", "true\n", None), Program("python", "print(1)\n", "1\n")]
    assert expected_output(found) == "1\n"


def test_what_is_no_program() -> None:
    assert programs(PAGE, "Two") == []


def test_a_heading_that_is_not_there() -> None:
    with pytest.raises(AssertionError, match="no heading 'Three'"):
        programs(PAGE, "Three")


@pytest.fixture
def places(directory: Path, lab_name: str) -> Iterator[Places]:
    with bench(lab_name, directory) as seat:
        yield Places.of(seat.name)


@pytest.mark.root
@pytest.mark.client
def test_the_start_and_the_end(places: Places, directory: Path) -> None:
    shipped(OFFICE, directory, places.name)
    page = CLIENTS.read_text()
    start, end = programs(page, "Start"), programs(page, "End")

    assert Shell(places.name, directory).run(*start, *end) == expected_output([*start, *end])
    assert nothing_left(places)
