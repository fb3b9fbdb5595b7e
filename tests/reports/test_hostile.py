"""Text from an implementation, made harmless."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from results_builders import HOSTILE

from dasnet_reports import harmless, visible
from dasnet_reports.hostile import HAZARD

EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode 文字 🙂", "plain ünïcode 文字 🙂"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x00\x7f\x9b\r", "\\x00\\x7f\\x9b\\x0d"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("C:\\x1b", "C:\\x1b"),
    ],
)
def test_hazards_become_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_has_no_layout() -> None:
    assert visible("a\tb\nc", one_line=True) == "a\\tb\\nc"


def test_nothing_that_is_obeyed_gets_through() -> None:
    shown = visible(EVERYTHING)
    assert not HAZARD.search(shown)
    shown.encode("utf-8")
    # Controls, surrogates and line separators by Unicode's own classes; formats by what they do.
    left = {character for character in shown if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")}
    assert left == {"\t", "\n"}
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
    obeyed = {c for c in shown if unicodedata.bidirectional(c) in turning and unicodedata.category(c) != "Cn"}
    # Format characters inside musical and shorthand notation have an effect on nothing else.
    assert all(0x1BCA0 <= ord(c) <= 0x1BCA3 or 0x1D173 <= ord(c) <= 0x1D17A for c in obeyed)


@pytest.mark.parametrize("limit", [0, 10, 60, 100, 1_000, 5_000])
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_length_is_bounded(name: str, limit: int) -> None:
    shown = harmless(HOSTILE[name], limit)
    assert len(shown) <= limit
    assert not HAZARD.search(shown)


def test_a_cut_text_keeps_both_ends_and_says_so() -> None:
    shown = harmless("begin" + "x" * 10_000 + "end", 200)
    assert shown.startswith("begin")
    assert shown.endswith("end")
    assert "cut: 10,008 characters in all" in shown


def test_a_text_that_fits_is_untouched() -> None:
    assert harmless("x" * 100, 100) == "x" * 100


def test_escapes_count_as_written() -> None:
    assert len(harmless("\x1b" * 100, 200)) <= 200
