"""The parts of `reproduce.py`, the program in each folder of a reproduction: `assembly` puts them together to one file.

It runs where nothing is installed, on any Python from 3.8 on: the parts use the standard library and one another, and
nothing else. Each is a module like any other; only `program` is for a command line.
"""
