"""What every kind of conversation shares, whatever it is about.

- `verdicts` a divergence, and where nothing can be said any more
- `limits` how much one script asks for; `content` the bytes that are sent, each of which tells where it comes from
- `tap` a session as the exploration has it
"""
