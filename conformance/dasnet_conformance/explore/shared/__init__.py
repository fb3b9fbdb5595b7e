"""What every kind of conversation shares, whatever it is about.

- `verdicts` a divergence, and where nothing can be said any more
- `limits` how much one script asks for; `content` the bytes that are sent, each of which tells where it comes from
- `world` makes, bounds and judges calls, by way of `tap`, and settles; `steps` what any script may have
- `wire` the suite's end of a connection, as a model sees it
"""
