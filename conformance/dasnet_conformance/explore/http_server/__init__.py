"""Conversations of HTTP servers, which the suite's peers ask.

- `content` requests and answers as bytes; `model` judges what servers do
- `world` carries calls out and tells the model what came of each; `steps` the steps by their names
"""
