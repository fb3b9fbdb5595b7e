"""Writing reports into a directory: all of them, whole, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from dasnet_reports import RENDERERS, Renderer, Results, load, write_reports


def test_every_report_is_written(small: Results, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "demo"
    paths = write_reports(small, folder)
    assert [path.name for path in paths] == ["results.json", "junit.xml", "summary.md"]
    assert sorted(folder.iterdir()) == sorted(paths)
    assert load(folder / "results.json") == small
    for path, renderer in zip(paths, RENDERERS.values(), strict=True):
        assert path.read_bytes() == renderer.render(small).encode("utf-8")
        assert b"\r" not in path.read_bytes()


def test_old_reports_are_replaced(small: Results, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("old")
    write_reports(small, str(tmp_path))
    assert load(tmp_path / "results.json") == small


def test_a_renderer_that_fails_leaves_nothing(small: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Results) -> str:
        raise RuntimeError("no")

    monkeypatch.setitem(RENDERERS, "html", Renderer("index.html", fail))
    with pytest.raises(RuntimeError):
        write_reports(small, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_further_renderer_is_one_line(small: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RENDERERS, "badge", Renderer("badge.json", lambda results: results.verdict.value))
    assert (write_reports(small, tmp_path)[-1]).read_text() == "non-conforming"


def test_a_directory_that_cannot_be_made_is_an_os_error(small: Results, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        write_reports(small, tmp_path / "file")


def test_hostile_results_can_be_written(hostile_results: Results, tmp_path: Path) -> None:
    for path in write_reports(hostile_results, tmp_path):
        path.read_text(encoding="utf-8")


def test_no_partial_file_stays_behind(small: Results, tmp_path: Path) -> None:
    (tmp_path / "junit.xml").mkdir()
    with pytest.raises(OSError, match=r"junit\.xml"):
        write_reports(small, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["junit.xml", "results.json"]
