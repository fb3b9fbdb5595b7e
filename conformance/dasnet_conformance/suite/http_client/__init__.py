"""The checks of the profile http-client, a module for each section."""
