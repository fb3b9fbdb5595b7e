"""Plays scripts against an implementation, and says how each ended.

- `in_process` plays one in this process, on a fresh session; `worker` is the process that does so for another, and
  `players` what starts that process and tells its death from an answer
"""
