"""Wrong servers for the requirements of the profile `http-port`."""
