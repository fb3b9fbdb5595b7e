"""The lockstep exploration: long conversations made up by chance, each step judged against a simple model.

The suite asks one question at a time. Here a host and up to three peers do whatever comes to their mind, in any order,
and a model says after each step what was allowed. Modules, from the bottom up:

- `steps` the steps as data, with their one-line text; `script` a file of them
- `content` what peers and hosts send, made so that every byte tells where it comes from
- `state`, `allowed`, `hearing`, `received`, `duties` the model: what holds, what may be answered, what may be called
  back, what may arrive at a peer, and what has to happen sooner or later
- `callers`, `caller_hearing`, `caller_duties` the same of clients of the implementation
- `http_words`, `http_content` what is asked and answered over HTTP; `http_state`, `http_allowed`, `http_hearing`,
  `http_request_check`, `http_received`, `http_answer_check` and `http_duties` the model of HTTP servers
- `asker_words`, `asker_content`, `asker_state`, `asker_hearing`, `asker_site` and `asker_duties` the same of HTTP
  clients, where the suite is the server
- `survival` what is at stake when a call does not come back
- `world` is what steps are carried out on: a real host, real peers and the model, by way of `tap`; `host_steps`,
  `reload_steps`, `wire_steps`, `peer_steps` and `caller_steps` the steps; `http_world` and `http_steps`, `asker_world`
  and `asker_steps` the same of conversations over HTTP, which are scripts of their own; what the last is
  made of are `asker_objects`, `asker_reloads`, `asker_requests`, `asker_replies` and `asker_ends`
- `session` runs one script and says how it ended; `reduce` makes a script that diverges short
- `sketch`, `caller_sketch`, `http_sketch`, `asker_sketch`, `machine` make scripts up
- `explorer` puts it all together
"""
