"""Wrong servers for the requirements of the profile `core`, a file per section of its catalogue."""
