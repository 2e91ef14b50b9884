"""What is wrong with a request, and the sentence that says so; `test_bad_input` tells how to read it."""

from __future__ import annotations

from typing import Any

from tests.directconnect.office import private_members, public_members, transit_members

Cases = list[tuple[dict[str, Any], str]]

CLIENT = "DirectConnectClientException"
UUID = "5f294f92-bafb-4011-916d-9b0bd1234567"

CONNECTION = {"location": "EqDC2", "bandwidth": "1Gbps", "connectionName": "x"}
LOCATIONS = "use EqDC2, CSVA1, EqDA2."

CREATE_CONNECTION: Cases = [
    ({}, "connectionName is required."),
    ({"connectionName": "x"}, "location is required."),
    ({**CONNECTION, "bandwidth": None}, "bandwidth is required."),
    ({**CONNECTION, "location": "Atlantis"}, f"Location Atlantis is not in region us-east-1: {LOCATIONS}"),
    ({**CONNECTION, "location": "EqSe2"}, f"Location EqSe2 is not in region us-east-1: {LOCATIONS}"),
    ({**CONNECTION, "bandwidth": "2Gbps"}, "bandwidth 2Gbps is not valid here: use 1Gbps, 10Gbps, 100Gbps."),
    ({**CONNECTION, "bandwidth": "1G"}, "bandwidth 1G is not valid here: use 1Gbps, 10Gbps, 100Gbps."),
    (
        {**CONNECTION, "connectionName": "a<b"},
        (
            "connectionName 'a<b' has an invalid format:"
            " use 1 to 200 letters, digits, spaces, hyphens, underscores, commas and slashes."
        ),
    ),
    ({**CONNECTION, "lagId": "lag"}, "Lag ID lag has an invalid format."),
    ({**CONNECTION, "lagId": "dxlag-ffrz71kw"}, "Could not find Lag with ID dxlag-ffrz71kw"),
    ({**CONNECTION, "requestMACSec": True}, "requestMACSec is not simulated yet: leave it out."),
    (
        {**CONNECTION, "providerName": "Acme"},
        (
            "providerName Acme is not valid here:"
            " use AT&T, CenturyLink, Equinix, Inc., Megaport, Verizon, Zayo Group."
        ),
    ),
    (
        {**CONNECTION, "billingMode": "Free"},
        (
            "billingMode Free is not valid here: use PayAsYouGo, FlatRateTier1, FlatRateTier2, FlatRateTier3,"
            " FlatRateTier4, FlatRateTier5."
        ),
    ),
]

DESCRIBE_CONNECTIONS: Cases = [
    ({"connectionId": "office"}, "Connection ID office has an invalid format."),
    ({"connectionId": "dxcon-notthere"}, "Could not find Connection with ID dxcon-notthere"),
    ({"maxResults": 0}, "maxResults 0 is not valid: use 1 to 100."),
    ({"nextToken": "x"}, "nextToken is not valid: use the one of the previous answer, unchanged."),
]

DELETE_CONNECTION: Cases = [
    ({}, "connectionId is required."),
    ({"connectionId": "office"}, "Connection ID office has an invalid format."),
    ({"connectionId": "dxcon-notthere"}, "Could not find Connection with ID dxcon-notthere"),
    (
        {"connectionId": "$connection"},
        "Connection $connection has virtual interfaces: delete $private, $transit, $public and others first.",
    ),
]


def private(**members: Any) -> dict[str, Any]:  # noqa: ANN401
    wanted = private_members(**{"vlan": 200, **members})
    return {"connectionId": "$connection", "newPrivateVirtualInterface": wanted}


ONE_GATEWAY = "Exactly one of virtualGatewayId and directConnectGatewayId is required."
NAME_FORM = "use 1 to 100 letters, digits, spaces, hyphens, underscores, commas and slashes."

CREATE_PRIVATE: Cases = [
    ({}, "newPrivateVirtualInterface is required."),
    ({**private(), "connectionId": None}, "connectionId is required."),
    ({**private(), "connectionId": "office"}, "Connection ID office has an invalid format."),
    ({**private(), "connectionId": "dxcon-notthere"}, "Could not find Connection with ID dxcon-notthere"),
    (private(virtualInterfaceName=None), "virtualInterfaceName is required."),
    (private(virtualInterfaceName="a;b"), f"virtualInterfaceName 'a;b' has an invalid format: {NAME_FORM}"),
    (private(vlan=None), "vlan is required."),
    (private(vlan=0), "VLAN 0 is not valid: use 1 to 4094."),
    (private(vlan=4095), "VLAN 4095 is not valid: use 1 to 4094."),
    (private(vlan=101), "VLAN 101 is already in use on Connection $connection by $private."),
    (private(vlan=104), "VLAN 104 is already in use on Connection $connection by $leaving."),
    (private(asn=None), "asnLong or asn is required."),
    (
        private(asn=4200000000),
        "ASN 4200000000 is not valid in asn, which takes 1 to 65535: use asnLong for 4-byte ASNs.",
    ),
    (private(asnLong=4294967295), "ASN 4294967295 is not valid in asnLong: use 1 to 4294967294."),
    (
        private(asn=64512),
        "ASN 64512 is the Amazon side's ASN on this virtual interface: use a different one.",
    ),
    (
        private(authKey="short"),
        "authKey has an invalid format: use 6 to 80 printable ASCII characters, no spaces.",
    ),
    (private(addressFamily="ipx"), "addressFamily ipx is not valid: use ipv4 or ipv6."),
    (private(mtu=0), "MTU 0 is not valid on a private virtual interface: use 1500 or 8500 or 9001."),
    (private(virtualGatewayId=None), ONE_GATEWAY),
    (private(directConnectGatewayId="$hub"), ONE_GATEWAY),
    (private(virtualGatewayId="vgw-1"), "VirtualGateway ID vgw-1 has an invalid format."),
    (
        private(virtualGatewayId=None, directConnectGatewayId="hub"),
        "Direct Connect Gateway ID hub has an invalid format.",
    ),
    (
        private(virtualGatewayId=None, directConnectGatewayId=UUID),
        f"Direct Connect Gateway {UUID} does not exist.",
    ),
    (
        private(virtualGatewayId=None, directConnectGatewayId="$centre"),
        (
            "Direct Connect Gateway $centre cannot take a private virtual interface:"
            " it has the transit one $transit. Use another gateway."
        ),
    ),
    (private(enableSiteLink=True), "enableSiteLink needs a directConnectGatewayId."),
    (private(rateLimit="50Mbps"), "rateLimit is not simulated yet: leave it out."),
    (
        private(prefixPoolAllocatedCountIpv6=1001),
        "prefixPoolAllocatedCountIpv6 1001 is not valid: use 0 to 1000.",
    ),
    (
        private(amazonAddress="10.0.0.1/30", customerAddress="10.0.1.2/30"),
        "Amazon Address and Customer Address must be in the same CIDR",
    ),
    (
        private(addressFamily="ipv6", customerAddress="2001:db8::6/125"),
        (
            "Customer Address 2001:db8::6/125 is not allowed: Amazon assigns IPv6 addresses,"
            " leave both addresses out."
        ),
    ),
]


def public(**members: Any) -> dict[str, Any]:  # noqa: ANN401
    wanted = public_members(**{"vlan": 200, **members})
    return {"connectionId": "$connection", "newPublicVirtualInterface": wanted}


PREFIX = {"cidr": "198.51.100.0/24"}

CREATE_PUBLIC: Cases = [
    ({"connectionId": "$connection"}, "newPublicVirtualInterface is required."),
    (
        public(routeFilterPrefixes=None),
        "routeFilterPrefixes is required: name the prefixes that you will advertise.",
    ),
    (public(routeFilterPrefixes=[{}]), "cidr is required."),
    (
        public(routeFilterPrefixes=[PREFIX, PREFIX]),
        "Route filter prefix 198.51.100.0/24 is given more than once.",
    ),
    (
        public(routeFilterPrefixes=[{"cidr": "10.0.0.0/8"}]),
        "Route filter prefix 10.0.0.0/8 is not allowed to contain a private IP",
    ),
    (public(amazonAddress="10.0.0.1/30"), "Amazon Address is not allowed to contain a private IP"),
    (
        public(amazonAddress="203.0.113.1/30", customerAddress="203.0.113.5/30"),
        "Amazon Address and Customer Address must be in the same CIDR",
    ),
    (public(amazonAddress="203.0.113.0/30"), "Amazon Address is address 0 on its subnet."),
    (public(amazonAddress="203.0.113.3/30"), "Amazon Address is the broadcast address on its subnet."),
    (
        public(customerAddress=None),
        "Amazon Address and Customer Address are both required on a public virtual interface.",
    ),
    (public(asn=7224), "ASN 7224 is the Amazon side's ASN on this virtual interface: use a different one."),
]


def transit(**members: Any) -> dict[str, Any]:  # noqa: ANN401
    wanted = transit_members(**{"vlan": 200, "directConnectGatewayId": "$centre", **members})
    return {"connectionId": "$connection", "newTransitVirtualInterface": wanted}


CREATE_TRANSIT: Cases = [
    ({"connectionId": "$connection"}, "newTransitVirtualInterface is required."),
    (transit(directConnectGatewayId=None), "directConnectGatewayId is required."),
    (transit(directConnectGatewayId=UUID), f"Direct Connect Gateway {UUID} does not exist."),
    (
        transit(directConnectGatewayId="$hub"),
        (
            "Direct Connect Gateway $hub cannot take a transit virtual interface:"
            " it has the private one $private. Use another gateway."
        ),
    ),
    (transit(vlan=None), "vlan is required."),
    (transit(virtualInterfaceName=None), "virtualInterfaceName is required."),
    (transit(mtu=9001), "MTU 9001 is not valid on a transit virtual interface: use 1500 or 8500."),
    (
        transit(asn=64600),
        "ASN 64600 is the Amazon side's ASN on this virtual interface: use a different one.",
    ),
]

DESCRIBE_VIFS: Cases = [
    ({"virtualInterfaceId": "office"}, "Virtual Interface ID office has an invalid format."),
    ({"connectionId": "office"}, "Connection ID office has an invalid format."),
    ({"maxResults": -1}, "maxResults -1 is not valid: use 1 to 100."),
]

DELETE_VIF: Cases = [
    ({}, "virtualInterfaceId is required."),
    ({"virtualInterfaceId": "office"}, "Virtual Interface ID office has an invalid format."),
    ({"virtualInterfaceId": "dxvif-notthere"}, "Virtual Interface dxvif-notthere does not exist."),
]


def peer(vif: str = "$transit", **members: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"virtualInterfaceId": vif, "newBGPPeer": {"addressFamily": "ipv6", "asn": 65001, **members}}


CREATE_PEER: Cases = [
    ({}, "virtualInterfaceId is required."),
    ({"virtualInterfaceId": "$private"}, "newBGPPeer is required."),
    ({"virtualInterfaceId": "$private", "newBGPPeer": {"authKey": "abcdef"}}, "asnLong or asn is required."),
    (peer("office"), "Virtual Interface ID office has an invalid format."),
    (peer("dxvif-notthere"), "Virtual Interface dxvif-notthere does not exist."),
    (peer("$leaving"), "Virtual Interface $leaving is being deleted."),
    (peer(asn=0), "ASN 0 is not valid in asn, which takes 1 to 65535: use asnLong for 4-byte ASNs."),
    (peer(asn=64600), "ASN 64600 is the Amazon side's ASN on this virtual interface: use a different one."),
    (
        peer(authKey="a b c d e"),
        "authKey has an invalid format: use 6 to 80 printable ASCII characters, no spaces.",
    ),
    (peer(addressFamily="IPv6"), "addressFamily IPv6 is not valid: use ipv4 or ipv6."),
    (
        peer(amazonAddress="2001:db8::1/125"),
        (
            "Amazon Address 2001:db8::1/125 is not allowed: Amazon assigns IPv6 addresses,"
            " leave both addresses out."
        ),
    ),
    (
        peer("$private", addressFamily="ipv4"),
        (
            "BGP Peer $peer with address family ipv4 already exists on this virtual interface, and its"
            " connection has no logical redundancy: delete that peer first."
        ),
    ),
    (
        peer("$public", asn=3356),
        (
            "ASN 3356 is not on the allow list of Virtual Interface $public: use a private ASN,"
            " or one of the virtual interface."
        ),
    ),
]

SELECTOR = "bgpPeerId, or asnLong or asn together with customerAddress, is required."

DELETE_PEER: Cases = [
    ({}, "virtualInterfaceId is required."),
    ({"virtualInterfaceId": "$private"}, SELECTOR),
    ({"virtualInterfaceId": "$private", "asn": 65001}, SELECTOR),
    ({"virtualInterfaceId": "$private", "customerAddress": "169.254.255.2/30"}, SELECTOR),
    ({"virtualInterfaceId": "$private", "bgpPeerId": "peer"}, "BGP Peer ID peer has an invalid format."),
    (
        {"virtualInterfaceId": "$private", "bgpPeerId": "$foreign"},
        "BGP Peer $foreign does not exist on Virtual Interface $private.",
    ),
    (
        {"virtualInterfaceId": "$private", "asn": 65002, "customerAddress": "169.254.255.2/30"},
        (
            "BGP Peer with ASN 65002 and Customer Address 169.254.255.2/30 does not exist"
            " on Virtual Interface $private."
        ),
    ),
    (
        {"virtualInterfaceId": "$private", "asn": 65001, "customerAddress": "169.254.255.2"},
        "Customer Address 169.254.255.2 is not an address in CIDR notation, such as 10.0.0.1/30.",
    ),
    (
        {"virtualInterfaceId": "$transit", "asn": 65001, "customerAddress": "169.254.254.2/30"},
        "The last BGP Peer on a Virtual Interface cannot be deleted",
    ),
]

CREATE_GATEWAY: Cases = [
    ({}, "directConnectGatewayName is required."),
    (
        {"directConnectGatewayName": "x" * 101},
        f"directConnectGatewayName '{'x' * 64}...' has an invalid format: {NAME_FORM}",
    ),
    (
        {"directConnectGatewayName": "x", "amazonSideAsn": 7224},
        "amazonSideAsn 7224 is not valid: use 64512 to 65534 or 4200000000 to 4294967294.",
    ),
]

DELETE_GATEWAY: Cases = [
    ({}, "directConnectGatewayId is required."),
    ({"directConnectGatewayId": "hub"}, "Direct Connect Gateway ID hub has an invalid format."),
    ({"directConnectGatewayId": UUID}, f"Direct Connect Gateway {UUID} does not exist."),
    (
        {"directConnectGatewayId": "$hub"},
        "Direct Connect Gateway $hub has virtual interfaces attached: delete $private first.",
    ),
]

ARN = "arn:aws:directconnect:us-east-1:123456789012:dxcon/$connection"
NOBODY = "arn:aws:directconnect:us-east-1:123456789012:dxcon/dxcon-notthere"

TAG: Cases = [
    ({}, "resourceArn is required."),
    ({"resourceArn": "office", "tags": [{"key": "a"}]}, "Resource ARN office has an invalid format."),
    ({"resourceArn": NOBODY, "tags": [{"key": "a"}]}, f"Resource {NOBODY} does not exist."),
    ({"resourceArn": ARN}, "tags is required."),
    (
        {"resourceArn": ARN, "tags": [{"key": "aws:a"}]},
        "Tag key aws:a is reserved: keys must not begin with aws:",
    ),
]

UNTAG: Cases = [
    ({"resourceArn": ARN}, "tagKeys is required."),
    ({"resourceArn": NOBODY, "tagKeys": ["a"]}, f"Resource {NOBODY} does not exist."),
]

DESCRIBE_TAGS: Cases = [
    ({}, "resourceArns is required."),
    ({"resourceArns": [ARN, NOBODY]}, f"Resource {NOBODY} does not exist."),
]

DESCRIBE_GATEWAYS: Cases = [
    ({"directConnectGatewayId": "hub"}, "Direct Connect Gateway ID hub has an invalid format."),
    ({"maxResults": 0}, "maxResults 0 is not valid: use 1 to 100."),
]

ROUTER_TYPES = (
    "use CiscoSystemsInc-2900SeriesRouters-IOS124, CiscoSystemsInc-3700SeriesRouters-IOS124,"
    " CiscoSystemsInc-7200SeriesRouters-IOS124, CiscoSystemsInc-Nexus7000SeriesSwitches-NXOS51,"
    " CiscoSystemsInc-Nexus9KSeriesSwitches-NXOS93, JuniperNetworksInc-MMXSeriesRouters-JunOS95,"
    " JuniperNetworksInc-SRXSeriesRouters-JunOS95, JuniperNetworksInc-TSeriesRouters-JunOS95,"
    " PaloAltoNetworks-PA3000and5000series-PANOS803, FRRouting-FRR-8, CZNIC-BIRD-2, OSRG-GoBGP-3,"
    " OpenBSD-OpenBGPD-7."
)
PRIVATE = {"virtualInterfaceId": "$private"}

DESCRIBE_ROUTER: Cases = [
    ({}, "virtualInterfaceId is required."),
    ({"virtualInterfaceId": "office"}, "Virtual Interface ID office has an invalid format."),
    ({"virtualInterfaceId": "dxvif-notthere"}, "Virtual Interface dxvif-notthere does not exist."),
    (
        {"virtualInterfaceId": "$leaving"},
        "Virtual Interface $leaving is deleting: it has no configuration any more.",
    ),
    (PRIVATE, f"routerTypeIdentifier is required: {ROUTER_TYPES}"),
    ({**PRIVATE, "routerTypeIdentifier": ""}, f"routerTypeIdentifier is required: {ROUTER_TYPES}"),
    (
        {**PRIVATE, "routerTypeIdentifier": "AristaNetworks-EOS"},
        f"routerTypeIdentifier AristaNetworks-EOS is not known: {ROUTER_TYPES}",
    ),
]

TABLE: dict[str, Cases] = {
    "CreateConnection": CREATE_CONNECTION,
    "DescribeConnections": DESCRIBE_CONNECTIONS,
    "DeleteConnection": DELETE_CONNECTION,
    "CreatePrivateVirtualInterface": CREATE_PRIVATE,
    "CreatePublicVirtualInterface": CREATE_PUBLIC,
    "CreateTransitVirtualInterface": CREATE_TRANSIT,
    "DescribeVirtualInterfaces": DESCRIBE_VIFS,
    "DeleteVirtualInterface": DELETE_VIF,
    "CreateBGPPeer": CREATE_PEER,
    "DeleteBGPPeer": DELETE_PEER,
    "CreateDirectConnectGateway": CREATE_GATEWAY,
    "DescribeDirectConnectGateways": DESCRIBE_GATEWAYS,
    "DeleteDirectConnectGateway": DELETE_GATEWAY,
    "TagResource": TAG,
    "UntagResource": UNTAG,
    "DescribeTags": DESCRIBE_TAGS,
    "DescribeRouterConfiguration": DESCRIBE_ROUTER,
}
