"""Section http-response: the time that answers tell, as it goes on."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from dasnet_conformance.stage import expect
from dasnet_conformance.stage.answer_reader import HttpAnswer
from dasnet_conformance.stage.checks import check
from dasnet_conformance.stage.host import Host
from dasnet_conformance.stage.http_side import await_answer, await_answers, client_of, greeting, request_of
from dasnet_conformance.stage.listener import is_on_this_machine

#: Seconds that a Date may be behind: the part of its second that it leaves out, and one for a server that asks the
#: clock once a second. It has to be more by all the others that have passed.
BEHIND = 2

#: Seconds by which a Date may differ from the clock of the machine that both are on: less than any time zone does.
OFF = 600


@check("http-response.date-goes-on")
def test_date_goes_on(host: Host) -> None:
    """On the connection that had an answer seconds ago, on one that was silent since then, and on a new one."""
    server = greeting(host)
    used, silent = client_of(host, server), client_of(host, server)
    used.send(request_of("/before"))
    before = await_answer(host, server, used)
    passed = int(host.idle(server))
    answers = {}
    # That they are served behind these seconds is for another check.
    with expect.needing("http-connection.stays-open"):
        if not before.closes:
            used.send(request_of("/after"))
            answers["on the same connection"] = await_answers(host, server, used, 2)[1]
        silent.send(request_of("/after"))
        answers["on a silent one"] = await_answer(host, server, silent)
    fresh = client_of(host, server)
    fresh.send(request_of("/after"))
    answers["on a new one"] = await_answer(host, server, fresh)
    for name, answer in answers.items():
        later = (_date(answer) - _date(before)).total_seconds()
        expect.that(
            later >= passed - BEHIND,
            f"the Date of an answer {name}, {passed} seconds later",
            expected=f"one that is {passed - BEHIND} seconds later at least",
            got=f"{later:g}: {answer.values('date')[0]!r} behind {before.values('date')[0]!r}",
        )
    if is_on_this_machine(host):
        now = datetime.fromtimestamp(time.time(), UTC)
        expect.that(
            abs((_date(answers["on a new one"]) - now).total_seconds()) < OFF,
            f"the Date of an answer, by the clock of this machine, where it is {now:%a, %d %b %Y %H:%M:%S} GMT",
            expected=f"less than {OFF} seconds off",
            got=repr(answers["on a new one"].values("date")[0]),
        )


# That there is one, and its form, is for other checks.
def _date(answer: HttpAnswer) -> datetime:
    try:
        return parsedate_to_datetime(answer.values("date")[0].decode("latin-1")).replace(tzinfo=UTC)
    except (IndexError, ValueError):
        raise expect.Moot("this server has no Date, or one in a form of its own") from None
