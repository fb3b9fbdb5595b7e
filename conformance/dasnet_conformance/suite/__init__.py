"""The checks: a folder per profile, a file per section of the catalogue, and the scenes that several of them share.

A check is a test function marked with the requirement that it judges. It uses the stage and nothing below it: no socket
of its own, no sleep, no clock.
"""
