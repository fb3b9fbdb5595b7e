"""What a check plays on: the host program, its objects, its peers, and all that bounds and records what they do.

`host` gives commands to the implementation under test through the adapter contract, `peer` is a client on a socket,
`ports` hands out ports, `bounds` holds every number of ticks and seconds, `expect` compares, `transcript` and
`recording` keep what happened. This room may open sockets on the loopback and uses the catalogue.
"""
