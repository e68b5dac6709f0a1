"""The benchmark files: which version, from where, and what is read out of them."""

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.bench.suites.bugs import quixbugs
from redraft.engine.bench.suites.datasets import ids_in, load_suite
from redraft.engine.bench.suites.humaneval import MENDED
from redraft.engine.bench.suites.pat_175 import PAT_175
from redraft.engine.bench.suites.published import elements, inputs_of
from redraft.engine.bench.suites.releases import Release, Shelf, verified
from redraft.engine.errors import EnvironmentFault, SourceError, UsageError

CONTENT = b'{"a": 1}\n' * 50
OWN = Release(
    name="own.jsonl",
    url="http://nowhere.invalid/own.jsonl",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    version="Own v1",
    licence="MIT",
)


def refuse(url: str) -> bytes:
    raise EnvironmentFault(f"{url}: no network here")


def test_a_file_counts_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl.gz").write_bytes(gzip.compress(CONTENT))
    assert Shelf(tmp_path / "cache", tmp_path, refuse).content(OWN) == CONTENT
    assert verified(OWN, CONTENT, "there") == CONTENT


def test_a_file_is_fetched_once_and_then_read_from_the_cache(tmp_path: Path) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return gzip.compress(CONTENT)

    assert Shelf(tmp_path, fetch=fetch).content(OWN) == CONTENT
    assert Shelf(tmp_path, fetch=fetch).content(OWN) == CONTENT
    assert asked == [OWN.url]


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (CONTENT[:-9], "cut short or of another version"),
        (gzip.compress(CONTENT, mtime=0)[:-20], "broken or cut short"),
        (CONTENT.replace(b"1", b"2"), "this is not Own v1"),
        (CONTENT + b"more\n", "this is not Own v1"),
    ],
    ids=("cut", "packed and cut", "changed", "longer"),
)
def test_a_truncated_or_other_file_is_refused_with_what_it_is(raw: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_bytes(raw)
    with pytest.raises(SourceError, match=says):
        Shelf(tmp_path / "cache", tmp_path, refuse).content(OWN)


def test_a_folder_without_the_file_is_an_error_that_names_it_and_fetches_nothing(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no own\.jsonl.*published at"):
        Shelf(tmp_path / "cache", tmp_path, refuse).content(OWN)


def test_what_is_fetched_is_verified_before_it_is_kept(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="another version"):
        Shelf(tmp_path, fetch=lambda _: b"<html>not found</html>").content(OWN)
    assert not (tmp_path / "own.jsonl.gz").exists()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.lists(_VALUES))
def test_the_members_of_a_list_are_cut_where_python_would_cut_them(members: list[object]) -> None:
    text = f"inputs = {members!r}\nresults = []"
    found = elements(text, text.index("[") + 1)
    assert [eval(one) for one in found] == members


def test_a_list_that_does_not_end_is_a_broken_file() -> None:
    with pytest.raises(SourceError, match="cut short"):
        elements("[[1, 2], [3", 1)


def test_ids_may_be_ranges() -> None:
    assert ids_in("HumanEval/3, 10-12 Mbpp/2") == ("HumanEval/3", "10", "11", "12", "Mbpp/2")


# ------------------------------------------------------------------------------------------- the published files


def test_every_suite_has_the_number_of_problems_that_is_published(shelf: Shelf) -> None:
    found = {name: len(load_suite(name, shelf).problems) for name in ("humaneval+", "mbpp+", "mbpp-175", "quixbugs")}
    assert found == {"humaneval+": 164, "mbpp+": 378, "mbpp-175": 175, "quixbugs": 40}


def test_five_prompts_are_mended_unless_one_says_otherwise_and_it_is_told(shelf: Shelf) -> None:
    mended, published = load_suite("humaneval+", shelf), load_suite("humaneval+", shelf, mend=False)
    assert [problem.id for problem in mended.problems if problem.patched] == list(MENDED)
    assert not any(problem.patched for problem in published.problems)
    assert "HumanEval/47" in mended.notes[0]
    assert "as published" in published.notes[0]


def test_base_inputs_are_the_distinct_ones_of_the_benchmark_itself(shelf: Shelf) -> None:
    problems = load_suite("humaneval+", shelf, ids=["HumanEval/33", "HumanEval/0"]).problems
    assert [(inputs_of(p).base, len(inputs_of(p).calls) > 100) for p in problems] == [(7, True), (7, True)]


def test_a_quick_run_leaves_out_what_is_heavy_and_says_so(shelf: Shelf) -> None:
    suite = load_suite("mbpp+", shelf, quick=True)
    assert {"Mbpp/255", "Mbpp/599"}.isdisjoint(problem.id for problem in suite.problems)
    assert "2 heavy problems left out (--quick)" in suite.notes


def test_the_problems_of_pat_show_no_example_and_those_of_mbpp_one(shelf: Shelf) -> None:
    assert all(not problem.stub.examples for problem in load_suite("mbpp-175", shelf).problems)
    assert all(len(problem.stub.examples) == 1 for problem in load_suite("mbpp", shelf).problems)
    assert len(PAT_175) == len(set(PAT_175)) == 175


def test_a_stub_for_mbpp_takes_its_parameters_from_the_first_assert(shelf: Shelf) -> None:
    (problem,) = load_suite("mbpp+", shelf, ids=["6"]).problems
    assert problem.stub.header.startswith("def differ_At_One_Bit_Pos(number_1, number_2):\n")
    assert problem.stub.examples[0].source == "differ_At_One_Bit_Pos(13, 9)"


def test_an_id_that_is_not_there_is_a_usage_error(shelf: Shelf) -> None:
    with pytest.raises(UsageError, match="has no problem 'HumanEval/999'"):
        load_suite("humaneval", shelf, ids=["HumanEval/999"])
    with pytest.raises(UsageError, match="did you mean 'humaneval'"):
        load_suite("humanevl", shelf)


def test_no_stub_belongs_to_a_file_or_a_project(shelf: Shelf) -> None:
    suites = [load_suite(name, shelf) for name in ("humaneval", "mbpp", "quixbugs")]
    assert {problem.stub.path for suite in suites for problem in suite.problems} == {""}


def test_every_specimen_comes_right_and_buggy(shelf: Shelf) -> None:
    specimens = quixbugs(shelf)
    assert [specimen.buggy for specimen in specimens] == [False, True] * 40
    assert all(a.body != b.body for a, b in zip(specimens[::2], specimens[1::2], strict=True))
