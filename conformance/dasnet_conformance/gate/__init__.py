"""What a CI gate goes by: known failures (`baseline`), a run's end (`finishing`), runs compared, a report verified.

This room reads and writes files that a user names. It uses the catalogue and the results of `running`.
"""
