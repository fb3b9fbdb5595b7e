"""The checks of the profile `core`, a file per section of its catalogue."""
