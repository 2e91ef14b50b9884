"""How far one endpoint goes: 10, 100, 500 and 1,000 sessions on one machine, beside the same made by hand.

    python -m benchmarks.scale [COUNT ...]      (root; `make bench-scale` installs what it needs first)

prints what it measured and, where that is the whole curve, judges it and writes `benchmarks/results/scale.json`, the
table in `docs/performance.md` and the drawing beside it. For each count there is one lab, in which these are measured
one after the other:

    ramp        from the first request to the moment at which a client has seen every session `up`
    memory      proportional memory of endpoint, launcher and speakers, for each session
    idle        their processor time while nothing happens, for longer than a keepalive interval
    one more    CreateBGPPeer to `up`, with all the others standing
    describe    DescribeVirtualInterfaces of all virtual interfaces, in one answer, to its last byte
    routes      every router announces 100 prefixes on each session, until AWS's side has all of them
    flood       one router announces 100,000 prefixes on a public virtual interface, of which 1,000 are allowed;
                `one more` once again meanwhile
    down        SIGTERM until the endpoint is gone and nothing is left

and then, on the same machine, the floor: the same number of sessions with ip(8) and BIRD at both ends
(`floor`). The second shape, half as many dual-stack virtual interfaces, has a ramp of its own: its IPv6
addresses are AWS's, so the routers are told of them when they are known.

The customers' side (`site`) is BIRD: a router terminates up to 250 virtual interfaces over five tagged cables.
`measure` does, `report` judges and draws.
"""
