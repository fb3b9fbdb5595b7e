"""The pre-flight: a driver is examined step by step before its port is judged, and each finding says what to do.

`examination` orders the steps: `driver_steps` are about the driver itself, `steps` go through it to the port, and
`step_runner` makes `findings` of what each comes to. This room starts the driver, by way of `running.target`, and plays
on the stage; no requirement is judged here.
"""
