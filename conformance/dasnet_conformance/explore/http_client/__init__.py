"""Conversations of HTTP clients, which ask a server of the suite.

- `content` the answers of that server as bytes; `model` judges what clients do
- `world` carries calls out and tells the model what came of each
- `steps` the steps by their names, put together of `object_steps`, `reload_steps`, `request_steps`, `reply_steps` and
  `end_steps`
"""
