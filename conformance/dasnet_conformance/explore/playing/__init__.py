"""Plays scripts against an implementation, and says how each ended.

- `session` plays one on a fresh session; `worker` is the process in which it does so, and `players` what starts that
  process and tells its death from an answer
"""
