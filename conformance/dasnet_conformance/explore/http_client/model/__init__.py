"""The model of HTTP clients. It judges, and carries nothing out.

- `state` what was asked, on which connection it came, what it was answered; `traffic` when something moved there
- `limits` when a request may be given up for its limit, `hearing` what may be called back, `site` what may arrive at
  the server, `duties` what has to happen sooner or later
"""
