"""The topology file: what stands in the cage, what stands behind it, and what the customer asks AWS for.

A topology is written in containerlab's words (`nodes`, `kind`, `links`, `endpoints`, `startup-config`), so
that who knows those files can read these. Four parts are ours: `gateways` says what is behind the virtual
interfaces, since EC2 is not simulated, `assignments` which addresses AWS gives where nobody can ask for them,
`requests` holds calls of the Direct Connect API in the API's own words, and `expect` says what is to come of it all.

    schema.json      every key, for editors and for `load`; the one list of keys, kinds and runtimes
    source.py        YAML text -> plain data and the line of every value
    refusals.py      what the schema says -> one sentence with the line, the known words and a likely meant one
    load.py          plain data -> `Topology`, after the checks that a schema cannot express
    interfaces.py    the part of it that is a router's interfaces and commands
    images.py        the part of it that is how a container image is run
    assignments.py   the part `assignments`
    expectations.py  the part `expect`
    model.py         `Topology` and its parts
    references.py    names in requests -> ids, `${...}` of a router's -> what AWS assigned
    keys.py          `authKey: ${VARIABLE}` in requests -> the key that the environment holds

See docs/topology.md for the reference of the format and https://containerlab.dev/manual/topo-def-file/ for
the convention that it follows.
"""

from lab.topology.load import load
from lab.topology.model import (
    Assignment,
    Bind,
    Command,
    Device,
    Endpoint,
    Expectation,
    Gateway,
    Image,
    Link,
    NodeInterface,
    Request,
    RouterNode,
    Topology,
    Written,
)

__all__ = [
    "Assignment",
    "Bind",
    "Command",
    "Device",
    "Endpoint",
    "Expectation",
    "Gateway",
    "Image",
    "Link",
    "NodeInterface",
    "Request",
    "RouterNode",
    "Topology",
    "Written",
    "load",
]
