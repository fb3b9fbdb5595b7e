"""Rows and results that the tests of the reports share. Touches nothing."""

from __future__ import annotations

import pytest
from results_builders import HOSTILE, Make, Row, build_results, build_row

from dasnet_reports import Implementation, Results, Sanity, SanityResult, Suite, TranscriptEntry, Verdict


@pytest.fixture
def row() -> Row:
    return build_row


@pytest.fixture
def make() -> Make:
    return build_results


@pytest.fixture
def small() -> Results:
    """One row of every kind that a report shows in its own way."""
    talk = (
        TranscriptEntry(0, "host", "call", "init(9000)"),
        TranscriptEntry(0, "host", "answer", "true"),
        TranscriptEntry(0, "peer 1", "connect", "127.0.0.1:9000"),
        TranscriptEntry(1, "peer 1", "send", "b'<hello>'"),
        TranscriptEntry(2, "host", "event", "onData(7 bytes)"),
        TranscriptEntry(2, "suite", "mismatch", "expected 7 bytes, got 6"),
    )
    rows = [
        build_row(id="init.returns-true", duration_s=0.01),
        build_row("fail", id="init.twice", blocked_by="tick.delivers", message="no data to begin with"),
        build_row("fail", id="tick.delivers", section="tick", message="expected: 7 bytes\ngot: 6", transcript=talk),
        build_row("fail", "SHOULD", id="tick.order", section="tick", message="late"),
        build_row("unsupported", id="send.partial", section="send", message="no send"),
        build_row("unsupported", "MAY", id="send.vector", section="send", message="no | vector"),
        build_row("inconclusive", id="save.orphan", section="save and restore", message="adapter: closed its output"),
        build_row("excluded", id="save.twice", section="save and restore", excluded_reason="issue *12*"),
        build_row(id="send.to-closed", section="send", observed="refused at once"),
    ]
    return build_results(rows)


@pytest.fixture(params=sorted(HOSTILE))
def hostile_text(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


@pytest.fixture
def hostile_results(hostile_text: str) -> Results:
    """Results in which every field that may hold foreign text holds the hostile one."""
    talk = tuple(TranscriptEntry(tick, "peer 1", "receive", hostile_text) for tick in range(3))
    bad = Sanity(SanityResult(Verdict.PASS, ""), SanityResult(Verdict.FAIL, hostile_text))
    rows = [
        build_row("fail", message=hostile_text, transcript=talk),
        build_row("fail", "MAY", message=hostile_text),
        build_row("unsupported", message=hostile_text, observed=hostile_text),
        build_row("unsupported", "MAY", message=hostile_text),
        build_row("inconclusive", message=hostile_text),
        build_row("excluded", excluded_reason="x" + hostile_text),
        build_row(observed=hostile_text),
    ]
    return build_results(
        rows,
        sanity=bad,
        implementation=Implementation(hostile_text, hostile_text, hostile_text),
        suite=Suite(hostile_text, hostile_text),
        environment={hostile_text[:300]: hostile_text},
        command=("dasnet", hostile_text),
    )
