"""One run from end to end: what is judged (`target`), how each check is run and judged, and what came of it.

`judge` has a `child` run pytest and watches it, `stream` is the file through which the processes of a run report,
`collect` gathers what they report, and `conclusion` makes results of it; `direct` and `isolation` run checks without
pytest, for tools that run them by the hundred; `stability` repeats runs. This room starts processes, and uses the
suite, the stage and the catalogue.
"""
