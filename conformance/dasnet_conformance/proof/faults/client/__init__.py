"""Wrong clients for the requirements of the profile `client`, a file per section of its catalogue."""
