"""A port that has the class Client and no Server is judged by that: what needs both is left out, with the reason."""

from __future__ import annotations

from typing import Final

from conformance_tools import Workshop

ALONE: Final = "from dasnet_reference import Client, make_client\n"


def test_what_needs_the_server_is_left_out_with_the_reason_and_the_rest_is_judged(workshop: Workshop) -> None:
    (workshop.folder / "alone.py").write_text(ALONE, "utf-8")
    ran = workshop.judge("python:alone", "together or client-construct")
    assert ran.status == 0, ran.out
    row = ran.row("together.talk")
    assert row["verdict"] == "excluded"
    assert row["excluded_reason"] == "it needs an object of the profile core as well, which is not claimed"
    assert len(ran.with_verdict("excluded")) == 12
    assert all(name.startswith("client-construct.") for name in ran.with_verdict("pass"))
    assert len(ran.with_verdict("pass")) == 8
    assert "sanity conversation" not in ran.out
