"""The checks of the profile `lowlevel`, a file per section of its catalogue."""
