"""The model of TCP servers. It judges, and carries nothing out.

- `state` what holds: connections, handles, objects, orphans
- `allowed` what a question may be answered with, `hearing` what may be called back, `received` what may arrive at a
  peer, `duties` what has to happen sooner or later, `survival` what is at stake when a call does not come back
"""
