"""Wrong servers for the requirements of the profile `lowlevel`, a file per section of its catalogue."""
