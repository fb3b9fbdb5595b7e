"""The suite as a pytest plugin: options, the session of one process, and the record of each verdict.

It ties the rooms together for pytest as `cli` does for a terminal: it loads in every pytest run of its environment, so
that nothing here is imported before an implementation is named.
"""
