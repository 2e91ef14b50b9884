"""How fast, how small, how idle: dxlab measured beside what it could be measured against, in one run.

    python -m benchmarks        (root; `make bench` installs what it needs first)

writes `benchmarks/results/latest.json` and `docs/benchmarks.md`. It makes four measurements:

    sessions    from CreateBGPPeer, and from CreatePrivateVirtualInterface, to `bgpStatus` `up` as a client
                sees it; in turn with the same session set up by hand, with ip(8) and BIRD (`by_hand`)
    memory      proportional memory of all speakers and their launcher, for each peer
    idle        processor time of speakers, launcher and endpoint while nothing happens
    rate        DescribeVirtualInterfaces calls a second, in turn with moto's DescribeConnections

All of it is dxlab as its users run it: an endpoint in a process of its own (`endpoint`), asked over HTTP
(`client`), with a cable to a real router (`router`). What is compared is measured alternately, A B A B, so
that whatever else the machine does meets both. Only `report` and `figures` judge, and they are pure.

Everything on the machine is named after the labs `tbench-...`. What a killed run left is removed first.
"""
