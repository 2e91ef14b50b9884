"""Whether a lab that lives long, and to which things happen, grows.

    python -m benchmarks.soak [--seconds S] [--sessions N] [--seed SEED]     (root; `make soak`: an hour, 200 sessions)

A lab of so many virtual interfaces, each with a live session, against BIRD routers over tagged cables (`scene`). Then
faults, one after the other (`faults`): endpoint, launcher, speaker or router killed, a router or a speaker stopped, a
cable cut or flapped, an interface, an address or the name of a namespace taken away by hand, and between them peers
and virtual interfaces that are created and deleted. The seed, which is printed, chooses their order and what they hit.
After each fault every session has to be up again within `scene.PATIENCE`, in `bgpStatus` and in the routers' own view.

A round is each kind of fault once; endpoint and launcher, with which what has grown would be gone, are killed in every
`LIFE`th only. After each round, at rest, what the lab has on the machine is counted (`census`). The first round warms
up and is not compared: caches fill, and each kind of repair has then been made once. `judge` says whether there is
growth, from the counts alone; `report` shows them.
"""
