"""Conversations of TCP servers, and of clients of the implementation, which may talk to servers of the same one.

- `server_model`, `client_model` judge what servers and clients do
- `world` carries calls out, on a real host with real peers, and tells the models what came of each
- `server_steps`, `reload_steps`, `peer_steps` and `client_steps` the steps by their names; `wire_steps` what the
  suite's end of a connection does, whoever is at the other one
"""
