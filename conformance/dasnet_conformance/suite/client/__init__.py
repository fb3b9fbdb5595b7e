"""The checks of the profile `client`, a file per section of its catalogue."""
