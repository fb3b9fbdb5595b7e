"""The checks of the profile `http`, a file per section of its catalogue."""
