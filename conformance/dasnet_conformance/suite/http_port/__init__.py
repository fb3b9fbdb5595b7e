"""The checks of the profile `http-port`."""
