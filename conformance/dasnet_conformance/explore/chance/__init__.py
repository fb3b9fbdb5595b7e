"""Makes scripts up, from a seed. Knows steps alone, and no implementation.

- `composing` how a script comes of a sketch, which guesses what can be meant next
- `tcp_servers`, `tcp_clients`, `http_servers` a sketch of each kind of conversation
- `http_clients`, `http_client_time` two of HTTP clients, of which `http_client_scripts` takes one
- `machine` the source of chance, and in which order the kinds take turns
"""
