"""What came against what was sent, in words: the first difference, and the bytes around it. No sockets."""

from __future__ import annotations

import pytest

from dasnet_adapters.contract import Answer, Command, Value
from dasnet_conformance.stage.differing import Sent
from dasnet_conformance.stage.host_object import spell_command
from dasnet_conformance.stage.recording import Recording

SENT = bytes(range(256)) * 2


@pytest.mark.parametrize(
    ("got", "told"),
    [
        (
            SENT[:511],
            "511 bytes, the first difference at byte 511: sent fb fc fd fe ff; came fb fc fd fe and no more",
        ),
        (
            SENT[:100] + SENT[101:],
            "511 bytes, the first difference at byte 100: "
            'sent 60 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f, "`abcdefghijklmno"; '
            'came 60 61 62 63 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70, "`abcefghijklmnop"',
        ),
        (b"", "0 bytes, the first difference at byte 0: sent 00 01 02 03 04 05 06 07 08 09 0a 0b; came nothing"),
        (SENT, "512 bytes, which is all that was sent"),
    ],
)
def test_missing_bytes_are_told_by_their_place(got: bytes, told: str) -> None:
    assert Sent([SENT[:300], SENT[300:]]).against(got) == told


def test_what_begins_in_the_middle_is_compared_from_there() -> None:
    told = Sent([b"for the first", b"for the second"]).against(b"for the secand")
    assert told.startswith("14 bytes, the first difference at byte 11 of what was sent from byte 13 on: sent ")


@pytest.mark.parametrize("sent", [Sent([]), Sent([b"abc"], whole=False)])
def test_where_it_is_not_known_what_was_sent_the_last_bytes_are_shown(sent: Sent) -> None:
    assert sent.against(b"hello") == '5 bytes, the last of them 65 6c 6c 6f, "ello"'
    assert sent.against(b"") == "0 bytes"


def recorded(*commands: tuple[Command, bool]) -> Recording:
    recording = Recording()
    for command, accepted in commands:
        recording.called(1, command, Answer(Value(accepted)))
    return recording


def test_what_the_host_sent_is_the_first_bytes_of_each_accepted_call() -> None:
    send = Command("send", (1, b"ab", 3, 5)), True
    refused = Command("send", (1, b"no", 1, 2)), False
    low = Command("server_send", (1, b"|", 1, 1)), True
    assert Sent.by_host(recorded(send, refused, low)).against(b"ababa|") == "6 bytes, which is all that was sent"


def test_what_callbacks_sent_is_not_known() -> None:
    reacts = Command("react", (1, "data", "echo", "")), True
    send = Command("send", (1, b"ab", 1, 2)), True
    assert Sent.by_host(recorded(reacts, send)).against(b"a") == '1 byte, the last of them 61, "a"'


def test_what_the_clients_sent_comes_in_order() -> None:
    recording = Recording()
    recording.sent(1, "peer 1", b"one")
    recording.sent(2, "peer 2", b"two")
    assert Sent.by_peers(recording).against(b"onetwo").endswith("all that was sent")


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (
            Command("server_send", (2, b"meant\r\n", 1, 5)),
            'server_send object 2, 7 bytes "meant\\r\\n", repeat=1, size=5',
        ),
        (Command("new", (2, 1)), "new object 2, class=1"),
        (Command("save", (1, 2)), "save object 1, orphan 2"),
        (Command("react", (1, "data", "echo", "")), "react object 1, data, echo"),
        (Command("threads"), "threads"),
        (Command("unheard-of", (1, "x")), "unheard-of 1, x"),
    ],
)
def test_operands_are_named(command: Command, told: str) -> None:
    assert spell_command(command) == told
