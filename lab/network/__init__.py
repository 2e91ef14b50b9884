"""Linux networking for the lab: namespaces, cables, addresses, 802.1Q sub-interfaces and news of carrier."""
