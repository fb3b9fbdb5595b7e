"""The suite as a pytest plugin: options, the session of one process, and the record of each verdict.

`plugin` is the door, `session` puts everything to work, `selecting` chooses the checks, `checking` is around each of
them, `own_run` concludes where no `dasnet run` does; they share a `process`. The room ties the others together for
pytest as `cli` does for a terminal: it loads in every pytest run of its environment, so that nothing here is imported
before an implementation is named.
"""
