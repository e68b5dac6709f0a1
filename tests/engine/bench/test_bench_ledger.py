"""The file that survives kills, full disks and second runs."""

import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.bench.ledger import Ledger, read_ledger
from redraft.engine.bench.lines import Header, Line
from redraft.engine.errors import EnvironmentFault, SourceError, UsageError

HEADER = Header(suite="own", versions=("v1",))


def line(n: int, **more: object) -> Line:
    return Line(problem=f"Own/{n}", pipeline="raw-coder", model="m", **more)  # type: ignore[arg-type]


def test_what_was_appended_is_there_when_the_file_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "out.jsonl"
    with Ledger(path, HEADER) as ledger:
        ledger.append(line(1, base=True))
        ledger.append(line(2))
    with Ledger(path, HEADER) as ledger:
        assert ledger.lines == (line(1, base=True), line(2))
        assert ledger.done == {line(1).key, line(2).key}
    assert read_ledger(path) == (HEADER, (line(1, base=True), line(2)))


def test_errors_are_not_done_and_a_later_line_takes_their_place(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Ledger(path, HEADER) as ledger:
        ledger.append(line(1, status="error", error="gone"))
        assert ledger.done == frozenset()
        ledger.append(line(1, base=True))
        assert ledger.lines == (line(1, base=True),)
    assert read_ledger(path)[1] == (line(1, base=True),)


@given(st.integers(min_value=0, max_value=400))
def test_a_kill_at_any_byte_loses_at_most_the_line_being_written(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "out.jsonl"
    with Ledger(path, HEADER) as ledger:
        for n in range(4):
            ledger.append(line(n))
    raw = path.read_bytes()
    cut = min(cut, len(raw))
    path.write_bytes(raw[:cut])
    whole = max(0, raw[:cut].count(b"\n") - 1)
    with Ledger(path, HEADER) as ledger:
        assert ledger.lines == tuple(line(n) for n in range(whole))
        ledger.append(line(9))
    assert read_ledger(path)[1][-1] == line(9)


def test_a_second_run_into_the_same_file_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Ledger(path, HEADER):
        with pytest.raises(UsageError, match="another run writes into this file"), Ledger(path, HEADER):
            pass
    with Ledger(path, HEADER):
        pass


@pytest.mark.parametrize(
    "other",
    [
        Header(suite="else", versions=("v1",)),
        Header(suite="own", versions=("v2",)),
        Header(suite="own", versions=("v1",), options=("quick",)),
    ],
)
def test_results_of_something_else_are_not_mixed_in(tmp_path: Path, other: Header) -> None:
    with Ledger(tmp_path / "out.jsonl", HEADER):
        pass
    with pytest.raises(UsageError, match="holds results of another"), Ledger(tmp_path / "out.jsonl", other):
        pass


def test_a_file_that_is_no_ledger_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_text("my notes\n")
    with pytest.raises(SourceError, match=r"line 1: this is no result"), Ledger(path, HEADER):
        pass
    assert path.read_text() == "my notes\n"


def test_a_disk_that_is_full_costs_one_line_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with Ledger(path, HEADER) as ledger:
        ledger.append(line(1))
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        # The same as a full disk: the next write comes only half through.
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 40, hard))
        try:
            with pytest.raises(EnvironmentFault, match=r"the 1 results before it are kept.*same command again"):
                ledger.append(line(2))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_bytes().endswith(b"\n")
        ledger.append(line(2))
    assert read_ledger(path)[1] == (line(1), line(2))


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "out.jsonl").mkdir()
    with pytest.raises(EnvironmentFault, match="name another --out"), Ledger(tmp_path / "out.jsonl", HEADER):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.jsonl"]
