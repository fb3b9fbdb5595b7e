"""What a check plays on: the host program, its objects, its peers, and all that bounds and records what they do.

`host` brings objects of the implementation under test into the states that checks begin with; it is a `frame_loop`,
which ticks and waits, and gives its commands through `calls`, by the adapter contract. `peer` is a client on a socket,
`ports` hands out ports, `bounds` holds every number of ticks and seconds, `expect` compares, `differing` says where
bytes part, `transcript` and `recording` keep what happened. This room may open sockets on the loopback and uses the
catalogue.
"""
