"""The wrong clients of the profile http-client, a module for each section."""
