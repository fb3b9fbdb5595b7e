"""The model of HTTP servers. It judges, and carries nothing out.

- `state` what holds: connections and their requests, handles, objects, orphans
- `allowed` what answer a request may have, `hearing` what may be called back, as `request_check` reads a request,
  `received` what may arrive at a peer, as `answer_check` reads an answer, `duties` what has to happen sooner or later
"""
