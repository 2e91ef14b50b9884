"""The fault bench: routers that are configured wrongly on purpose, one fault each, side by side in one lab.

    terms       a customer's router in words of no vendor, and the right one for a virtual interface
    catalogue   the faults: what each changes in the terms, or does to the lab when the session is up
    languages   terms in the language of each router kind
    makeable    which faults a kind can have, and why not the others
    deeds       what is done to the lab when the right router is up
    bench       the lab: one router, cable and virtual interface per fault, an IPv4 and an IPv6 peer each

A fault is made once, for every kind whose language can say it; the matrix of `docs/causes/` is what came of it.
"""
