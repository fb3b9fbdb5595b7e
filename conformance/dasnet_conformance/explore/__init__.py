"""The lockstep exploration: long conversations made up by chance, each step judged against a simple model.

The suite asks one question at a time. Here a host and up to three peers do whatever comes to their mind, in any order,
and a model says after each step what was allowed. A folder per idea, from the bottom up:

- `scripts` the steps as data, a script in a file, and how one that diverges is made short
- `chance` makes scripts up
- `shared` what every kind of conversation has: what a divergence is, how much is asked for, what is sent
- `tcp`, `http_server`, `http_client` a kind of conversation each: a model, which judges, and a world, in which the
  steps are carried out on a real host with real peers. A script is of one kind
- `playing` plays a script on an implementation, in a process of its own
- `explorer` puts it all together

Who is who: a *client* is whom a server has taken. A TCP client of the implementation is a *caller* here, an HTTP client
of it an *asker*, and the server of the suite that an asker asks is its *site*. What the suite plays against a server of
the implementation is a *peer*.
"""
