"""What a customer is given to configure his router with.

Two documents say the same: `customerRouterConfig` of a virtual interface, a small XML document for programs, and the
text of DescribeRouterConfiguration, which an engineer puts into his router.

    xml.py           the XML document
    router_types.py  the routers for which there is a text, by AWS's identifiers
    quoting.py       a BGP key as each vendor's language writes it
    facts.py         a virtual interface -> what the texts say of it, keys quoted, names cleaned
    text.py          facts and one Jinja2 template a language -> the text
    templates/       the languages: Cisco IOS and NX-OS, Junos, PAN-OS, and those of the routers that a lab runs

Everything here is a function of a virtual interface.
"""
