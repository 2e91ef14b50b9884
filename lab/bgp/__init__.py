"""The BGP speakers on AWS's side of every virtual interface.

    launcher            the endpoint's side: start, stop and steer speakers, hear their events
    launcher_process    the process that forks them and keeps them running; `charge` is one peer in its care, `halted`
                        knows who was stopped
    speaker             one process per BGP peer: listens, dials (`dialling`), settles collisions
    machine             ExaBGP's protocol machine, one connection at a time; `reports` is what it tells
    neighbor, routes    our words in ExaBGP's terms, and back
    sockets             port 179, TCP-MD5, TTL 1
    confinement         namespace, privileges, parent
    channel             lines over sockets, between endpoint, launcher and speakers
    events              what is reported; `session` folds it into the state of a session and `bgpStatus`
    notifications       the words for NOTIFICATION codes

What ExaBGP does here is the protocol: messages, capabilities, path attributes, the order of the handshake (RFC
4271, 4760, 6793, 2918). What it does not do is everything around that: TCP, dialling, timers to the millisecond,
processes. Its own ways are made for a daemon that runs for months; a lab wants to know within milliseconds. Events flow
from a speaker through the launcher to the endpoint, orders flow the other way, and nobody polls anybody.
"""
