# The AWS half of topology.yml. Where AWS is comes from the environment: AWS_ENDPOINT_URL_DIRECT_CONNECT, as
# `dxlab up` prints it. Without that variable, and without the two skip_ arguments, AWS itself takes the order.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true # the lab has no STS to ask whether the credentials are good,
  skip_requesting_account_id  = true # nor IAM to ask whose they are
}

# The cable that is already in: a connection whose carrier is the router's.
data "aws_dx_connection" "office" {
  name = "office"
}

# A port without a cable. It becomes `down`, and so stays what is on it.
resource "aws_dx_connection" "branch" {
  name      = "branch"
  bandwidth = "1Gbps"
  location  = "EqDC2"
  tags      = { site = "branch" }
}

# A gateway takes private or transit virtual interfaces, never both.
resource "aws_dx_gateway" "private" {
  name            = "private"
  amazon_side_asn = "64513"
}

resource "aws_dx_gateway" "transit" {
  name            = "transit"
  amazon_side_asn = "64514"
}

# The one with the router behind it: its IPv4 session is up a moment after it is made.
resource "aws_dx_private_virtual_interface" "office" {
  connection_id    = data.aws_dx_connection.office.id
  vpn_gateway_id   = "vgw-0a1b2c3d4e5f60718"
  name             = "office"
  vlan             = 101
  address_family   = "ipv4"
  bgp_asn          = 65001
  bgp_auth_key     = "s3cretKey9"
  amazon_address   = "169.254.101.1/30"
  customer_address = "169.254.101.2/30"
  tags             = { site = "office" }
}

resource "aws_dx_bgp_peer" "office_ipv6" {
  virtual_interface_id = aws_dx_private_virtual_interface.office.id
  address_family       = "ipv6"
  bgp_asn              = 65001
  bgp_auth_key         = "s3cretKey9"
}

resource "aws_dx_private_virtual_interface" "branch" {
  connection_id  = aws_dx_connection.branch.id
  dx_gateway_id  = aws_dx_gateway.private.id
  name           = "branch-private"
  vlan           = 201
  address_family = "ipv4"
  bgp_asn        = 65002
  tags           = { site = "branch" }
}

resource "aws_dx_transit_virtual_interface" "branch" {
  connection_id  = aws_dx_connection.branch.id
  dx_gateway_id  = aws_dx_gateway.transit.id
  name           = "branch-transit"
  vlan           = 202
  address_family = "ipv4"
  bgp_asn        = 65002
  mtu            = 8500
  tags           = { site = "branch" }
}

resource "aws_dx_public_virtual_interface" "branch" {
  connection_id         = aws_dx_connection.branch.id
  name                  = "branch-public"
  vlan                  = 203
  address_family        = "ipv4"
  bgp_asn               = 65002
  amazon_address        = "175.45.176.1/30"
  customer_address      = "175.45.176.2/30"
  route_filter_prefixes = ["175.45.176.0/22", "210.52.109.0/24"]
  tags                  = { site = "branch" }
}

# What the router still lacks, in its own language: the addresses that AWS assigned to the second session.
output "edge_ipv6" {
  value = <<-EOT
    interface eth1.101
     ipv6 address ${aws_dx_bgp_peer.office_ipv6.customer_address}
    exit
    router bgp 65001
     neighbor ${local.amazon_ipv6} remote-as ${aws_dx_private_virtual_interface.office.amazon_side_asn}
     neighbor ${local.amazon_ipv6} password ${aws_dx_bgp_peer.office_ipv6.bgp_auth_key}
     neighbor ${local.amazon_ipv6} timers connect 1
     address-family ipv6 unicast
      neighbor ${local.amazon_ipv6} activate
      neighbor ${local.amazon_ipv6} route-map FROM-AWS in
     exit-address-family
    exit
  EOT
}

locals {
  amazon_ipv6 = split("/", aws_dx_bgp_peer.office_ipv6.amazon_address)[0]
}
