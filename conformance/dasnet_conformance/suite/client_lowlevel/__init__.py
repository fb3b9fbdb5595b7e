"""The checks of the profile `client-lowlevel`, a file per section of its catalogue."""
