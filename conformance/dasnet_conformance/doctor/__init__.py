"""The pre-flight: a driver is examined step by step before its port is judged, and each finding says what to do.

This room starts the driver, by way of `running.target`, and plays on the stage; no requirement is judged here.
"""
