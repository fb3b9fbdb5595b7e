"""Wrong HTTP servers for the requirements of the profile `http`, a file per section of its catalogue."""
