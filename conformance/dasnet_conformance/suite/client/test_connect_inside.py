"""Section connect, from inside callbacks."""

from __future__ import annotations

from dasnet_adapters.contract import Value
from dasnet_conformance.stage import expect
from dasnet_conformance.stage.bounds import SHORT_TIMEOUT
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.client_side import await_departure, connect, join, made_client, serves_again, talk
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.listener import listen
from dasnet_conformance.suite.scenes import outcome_inside


@check("connect.inside-connect")
def test_inside_connect(host: Host) -> None:
    """To the same server, which is there already."""
    client, listener = made_client(host), listen(host)
    client.react("connect", "connect")
    expect.returns(connect(client, listener), True, "connect")
    peer = listener.accept()
    host.until(lambda: client.count("connect") > 0, client, what="a connect callback")
    expect.one_of(outcome_inside(client, "connect"), host.allowed(), "connect inside the connect callback")
    client.react("connect", "none")
    talk(host, client, peer)
    expect.that(listener.nobody_came(), "further connections", expected="none", got="one")


@check("connect.inside-data")
def test_inside_data(host: Host) -> None:
    """What the server says is no reason to connect to it again."""
    client, listener = made_client(host), listen(host)
    peer = join(client, listener)
    client.react("data", "connect")
    peer.send(b"again?")
    host.until(lambda: bool(client.did("connect")), client, what="a data callback")
    expect.one_of(outcome_inside(client, "connect"), host.allowed(), "connect inside the data callback")
    client.react("data", "none")
    talk(host, client, peer)
    expect.that(listener.nobody_came(), "further connections", expected="none", got="one")


@check("connect.inside-disconnect")
def test_inside_disconnect(host: Host) -> None:
    """The obvious place for a program that wants its server back."""
    client, listener = made_client(host), listen(host)
    peer = join(client, listener)
    client.react("disconnect", "connect")
    peer.close()
    await_departure(host, client)
    outcome = outcome_inside(client, "connect")
    host.observe(expect.one_of(outcome, host.allowed(), "connect inside the disconnect callback"))
    client.react("disconnect", "none")
    if outcome == Value(True):
        talk(host, client, listener.accept())
        expect.equal(client.count("connect"), 2, "connect callbacks of two connections")
    else:
        serves_again(host, client)


@check("connect.inside-error")
def test_inside_error(host: Host) -> None:
    """Each failure is told, and each time it is tried again: the driver ends it, fifty deep."""
    client, nobody = made_client(host), listen(host, "refuse")
    client.react("error", "connect")
    expect.one_of(connect(client, nobody, SHORT_TIMEOUT), ("false", "refused"), "connect where nobody listens")
    client.react("error", "none")
    serves_again(host, client)
    _connects_as_a_send_fails(host)


# What the error tells of is over by then: the connection is a new one, and stays.
def _connects_as_a_send_fails(host: Host) -> None:
    client, listener = made_client(host), listen(host)
    join(client, listener)
    expect.returns(client.close(), None, "close")
    client.react("error", "connect")
    expect.one_of(client.send(b"anybody?"), ("false", "refused"), "send behind close")
    client.react("error", "none")
    if client.did("connect"):
        expect.returns(outcome_inside(client, "connect"), True, "connect inside the error callback of a send")
        talk(host, client, listener.accept())
