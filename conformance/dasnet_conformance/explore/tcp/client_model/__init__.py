"""The model of TCP clients of the implementation. It judges, and carries nothing out.

- `state` what each is connected to and may answer, `hearing` what may be called back, `duties` what has to happen
  sooner or later, and what may arrive at what they talk to, `survival` what is at stake when a call does not come
  back
"""
