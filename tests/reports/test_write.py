"""Writing reports into a directory: all of them, whole, or none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dasnet_reports import (
    NO_TEXTS,
    RENDERERS,
    CatalogueText,
    Renderer,
    RequirementText,
    Results,
    load,
    write_matrix,
    write_reports,
)


def test_every_report_is_written(small: Results, tmp_path: Path) -> None:
    folder = tmp_path / "out" / "demo"
    paths = write_reports(small, folder)
    names = ["results.json", "junit.xml", "summary.md", "index.html", "badge.svg", "badge.json"]
    assert [path.name for path in paths] == names
    assert sorted(folder.iterdir()) == sorted(paths)
    assert load(folder / "results.json") == small
    for path, renderer in zip(paths, RENDERERS.values(), strict=True):
        assert path.read_bytes() == renderer.render(small, NO_TEXTS).encode("utf-8")
        assert b"\r" not in path.read_bytes()


def test_texts_reach_the_page(small: Results, tmp_path: Path) -> None:
    texts = CatalogueText({"tick.order": RequirementText("Things keep their order.")})
    write_reports(small, tmp_path, texts)
    assert "Things keep their order." in (tmp_path / "index.html").read_text("utf-8")


def test_a_matrix_is_written(small: Results, tmp_path: Path) -> None:
    paths = write_matrix([small, small], tmp_path / "out", links=["a/index.html", "b/index.html"])
    assert [path.name for path in paths] == ["index.html", "matrix.md", "matrix.json"]
    assert sorted((tmp_path / "out").iterdir()) == sorted(paths)


def test_a_matrix_with_a_bad_link_leaves_nothing(small: Results, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="relative"):
        write_matrix([small], tmp_path / "out", links=["//host.example/"])
    assert not (tmp_path / "out").exists()


def test_old_reports_are_replaced(small: Results, tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text("old")
    write_reports(small, str(tmp_path))
    assert load(tmp_path / "results.json") == small


def test_a_renderer_that_fails_leaves_nothing(small: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Results, __: CatalogueText) -> str:
        raise RuntimeError("no")

    monkeypatch.setitem(RENDERERS, "html", Renderer("index.html", fail))
    with pytest.raises(RuntimeError):
        write_reports(small, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_further_renderer_is_one_line(small: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RENDERERS, "verdict", Renderer("verdict.txt", lambda results, _: results.verdict.value))
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


def test_a_disk_that_is_full_leaves_the_earlier_report_as_it_was(
    small: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_reports(small, tmp_path)
    before = {path.name: path.read_bytes() for path in written}
    whole = Path.write_bytes

    def short_of_room(path: Path, data: bytes) -> int:
        if "index.html" in path.name:
            whole(path, data[:10])
            raise OSError(28, "No space left on device")
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", short_of_room)
    with pytest.raises(OSError, match="No space left"):
        write_reports(replace(small, seed=small.seed + 1), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
