"""The numbers of the tables, and what they say of the papers' published counts."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.bench import pictures
from redraft.engine.bench.lines import Line
from redraft.engine.bench.published import published_table, published_tables
from redraft.engine.bench.reviewers import marks_of, reviewers_table
from redraft.engine.bench.standing import Row, rows_of
from redraft.engine.bench.statistics import Paired, Share, adjusted, bootstrapped, differences, least_split, paired
from redraft.engine.bench.tables import LAYOUTS, table
from redraft.engine.errors import UsageError
from redraft.engine.facts import Stub
from redraft.engine.state.cost import Spending
from redraft.engine.tables import rendering


def line(n: int, pipeline: str = "raw-coder", *, plus: bool = True, base: bool | None = None, **more: object) -> Line:
    spent = more.pop("spent", Spending(calls=1, prompt_tokens=100, completion_tokens=10, known=0.001))
    return Line(
        problem=f"HumanEval/{n}", pipeline=pipeline, model=str(more.pop("model", "m")), mode="paper", plus=plus,
        base=plus if base is None else base, judged="passed" if plus else "wrong", roles={"coder": spent},  # type: ignore[dict-item]
        seconds=2.0, canonical_base=True, canonical_plus=True, **more,  # type: ignore[arg-type]
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- statistics


@pytest.mark.parametrize(
    ("passes", "of", "low", "high"),
    [(128, 164, 71.1, 83.7), (0, 20, 0.0, 16.1), (20, 20, 83.9, 100.0), (1, 2, 9.5, 90.5)],
)
def test_the_interval_is_wilsons(passes: int, of: int, low: float, high: float) -> None:
    assert [round(100 * end, 1) for end in Share(passes=passes, of=of).interval] == [low, high]


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_holds_the_share_and_stays_between_nothing_and_all(passes: int, more: int) -> None:
    share = Share(passes=passes, of=passes + more)
    low, high = share.interval
    assert 0 <= low <= high <= 1
    assert not share.of or low - 1e-12 <= share.value <= high + 1e-12


@pytest.mark.parametrize(
    ("fixed", "broken", "p"), [(16, 0, 3.05e-05), (14, 15, 1.0), (0, 0, 1.0), (5, 1, 0.21875), (1, 5, 0.21875)]
)
def test_mcnemars_exact_p_is_the_two_sided_binomial(fixed: int, broken: int, p: float) -> None:
    assert Paired(fixed=fixed, broken=broken, both=100, neither=3).p == pytest.approx(p, rel=1e-2)


@given(st.dictionaries(st.integers(0, 30), st.booleans()), st.dictionaries(st.integers(0, 30), st.booleans()))
def test_pairs_are_counted_on_what_both_were_run_on(one: dict[int, bool], other: dict[int, bool]) -> None:
    change = paired(one, other)
    common = one.keys() & other.keys()
    assert change.n == len(common)
    assert change.fixed - change.broken == sum(other[k] for k in common) - sum(one[k] for k in common)


# ------------------------------------------------------------------------------------------- rows


def test_a_row_is_compared_with_raw_coder_on_the_problems_both_have() -> None:
    raw = [line(n, plus=n < 5) for n in range(10)]
    review = [line(n, "review-then-fix", plus=n in {0, 1, 2, 3, 5, 6}) for n in range(8)]
    first, second = rows_of([*raw, *review], "humaneval+")
    assert first.change is None
    assert second.change == Paired(fixed=2, broken=1, both=4, neither=1)
    assert (second.baseline, second.plus) == ("raw-coder", Share(passes=6, of=8))


def test_problems_that_could_not_be_run_count_in_nothing() -> None:
    lines = [line(0), line(1, plus=False), line(2, plus=False, status="error", error="gone")]
    (row,) = rows_of(lines, "humaneval+")
    assert (row.plus, row.errors) == (Share(passes=1, of=2), 1)


def test_a_cost_is_not_known_as_soon_as_one_call_has_no_price() -> None:
    known, unknown = line(0), line(1, spent=Spending(calls=1, prompt_tokens=5, unpriced=1))
    assert rows_of([known, known], "s")[0].usd == pytest.approx(0.001)
    assert rows_of([known, unknown], "s")[0].usd is None


def test_regressions_are_sorted_into_the_papers_classes() -> None:
    stub = Stub(path="", name="f", line=1, header="def f(x):\n", before="def f(x):\n")
    raw = line(0, body="return x")
    lost = line(
        0,
        "plan-then-code",
        plus=False,
        body="return math.pi",
        why="input 0: raises NameError: name 'math' is not defined",
    )
    row = rows_of([raw, lost], "humaneval+", stubs={"HumanEval/0": stub})[1]
    assert (row.regressions, row.improvements) == ({"missing import": 1}, {})


def test_the_ceiling_counts_each_problem_once() -> None:
    lines = [line(n, pipeline) for n in range(3) for pipeline in ("raw-coder", "pat")]
    assert {row.ceiling for row in rows_of(lines, "humaneval+")} == {Share(passes=3, of=3)}


# ------------------------------------------------------------------------------------------- tables


def published() -> tuple[Row, ...]:
    """Rows with the counts of arXiv 2603.03406, table 2, on HumanEval+; which problems is made up."""
    lines = [line(n, plus=n < 128, base=n < 133) for n in range(164)]
    lines += [line(n, "plan-then-code", plus=n < 124, base=n < 132) for n in range(164)]
    lines += [line(n, "review-then-fix", plus=n < 144, base=n < 147) for n in range(164)]
    return rows_of(lines, "humaneval+")


def test_table_2_of_review_beats_planning_has_its_layout_and_its_numbers() -> None:
    made = table("A2", published())
    assert made.heads[:6] == ("system", "calls", "HumanEval", "Δ", "HumanEval+", "Δ")
    assert [row[:6] for row in made.rows] == [
        ("raw-coder", "1.0", "81.1", "—", "78.0", "—"),
        ("plan-then-code", "1.0", "80.5", "-0.6", "75.6", "-2.4"),
        ("review-then-fix", "1.0", "89.6", "+8.5", "87.8", "+9.8"),
    ]
    assert made.rows[2][6:] == ("164", "82–92", "+16", "-0", "<0.001")


def test_table_3_of_review_beats_planning_has_both_suites_side_by_side() -> None:
    lean = [line(n, plus=n < 255) for n in range(378)]
    lean += [line(n, "review-then-fix", plus=n < 264) for n in range(378)]
    made = table("A3", [*published(), *rows_of(lean, "mbpp+")])
    assert made.heads == ("system", "HumanEval+", "Δ", "n", "MBPP+", "Δ", "n")
    assert made.rows == (
        ("raw-coder", "78.0", "—", "164", "67.5", "—", "378"),
        ("plan-then-code", "75.6", "-2.4", "164", "—", "—", "—"),
        ("review-then-fix", "87.8", "+9.8", "164", "69.8", "+2.4", "378"),
    )


def test_table_4_of_review_beats_planning_is_a_leaderboard() -> None:
    made = table("A4", [*published(), *rows_of([line(0)], "mbpp+")])
    assert [row[:2] for row in made.rows] == [
        ("review-then-fix", "87.8"),
        ("raw-coder", "78.0"),
        ("plan-then-code", "75.6"),
    ]


def test_table_4_of_pat_says_what_a_planner_adds_to_a_generator() -> None:
    def solved(model: str, number: int, usd: float) -> list[Line]:
        spent = Spending(calls=1, prompt_tokens=1, known=usd)
        return [line(n, "pat", model=model, plus=n < number, spent=spent) for n in range(10)]

    lines = [*solved("small", 5, 0.001), *solved("small + planner=large", 8, 0.004)]
    made = table("B4", [*rows_of(lines, "humaneval+"), *rows_of(lines, "mbpp+")])
    assert made.heads == ("generator", "planner", "HumanEval", "HumanEval+", "MBPP", "MBPP+", "avg", "Δ", "cost")
    assert made.rows == (
        ("small", "small", "50.0", "50.0", "50.0", "50.0", "50.00", "—", "$0.0010"),
        ("small", "large", "80.0", "80.0", "80.0", "80.0", "80.00", "+30.00", "$0.0040"),
    )
    assert any("378 problems" in note for note in made.notes), "all of MBPP+ is not the paper's selection"


def test_difficulty_has_its_cost_relative_to_standard() -> None:
    def at(usd: float) -> Spending:
        return Spending(calls=1, prompt_tokens=1, known=usd)

    lines = [line(0, "standard", spent=at(0.002)), line(0, "pat", spent=at(0.006))]
    rows = [*rows_of(lines, "xcodeeval-easy"), *rows_of(lines, "xcodeeval-hard")]
    made = table("B2", rows)
    assert made.heads[-1] == "cost ×"
    assert [row[-1] for row in made.rows] == ["1.00", "3.00"]


# ------------------------------------------------------------------------------- what chance can do, and what is printed


def test_several_comparisons_are_corrected_together_and_few_problems_are_told() -> None:
    notes = " ".join(table("A2", published()).notes)
    assert "p corrected for 2 comparisons (Holm): " in notes
    assert "with 164 problems a difference under 4.3 points cannot be told from chance here: 7 problems" in notes
    said = re.search(r"\+9\.8 points \(95 %: \+(\d+\.\d) to \+(\d+\.\d), paired bootstrap\)", notes)
    assert said, notes
    # Sixteen of 164 fixed and none broken: the standard error of the mean is 2.3 points.
    assert float(said[1]) == pytest.approx(9.8 - 1.96 * 2.3, abs=0.9)
    assert float(said[2]) == pytest.approx(9.8 + 1.96 * 2.3, abs=0.9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_and_keeps_their_order(values: list[float]) -> None:
    found = adjusted(dict(enumerate(values)))
    assert all(found[n] >= min(1.0, p) - 1e-9 for n, p in enumerate(values))
    assert [found[n] for n in sorted(found, key=values.__getitem__)] == sorted(found.values())
    assert max(found.values()) <= 1.0


@pytest.mark.parametrize("tests", [1, 2, 5, 20])
def test_the_least_split_is_the_least_that_mcnemars_test_and_holm_let_pass(tests: int) -> None:
    least = least_split(tests)
    assert tests * Paired(fixed=least, broken=0, both=0, neither=0).p < 0.05
    assert tests * Paired(fixed=least - 1, broken=0, both=0, neither=0).p >= 0.05


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=2, max_size=60))
def test_a_bootstrap_holds_the_mean_and_is_the_same_each_time(gains: list[float]) -> None:
    low, high = bootstrapped(gains)
    assert (low, high) == bootstrapped(gains)
    assert low <= sum(gains) / len(gains) + 1e-9
    assert high >= sum(gains) / len(gains) - 1e-9


def test_the_seeds_of_a_problem_stay_together() -> None:
    one = {("a", 0): False, ("a", 1): True, ("b", 0): False, ("c", 0): True}
    other = {("a", 0): True, ("a", 1): True, ("b", 0): True, ("d", 0): True}
    assert differences(one, other) == (0.5, 1.0)


@pytest.mark.parametrize("name", sorted(published_tables()))
def test_what_is_printed_is_a_table_of_its_own_with_its_source(name: str) -> None:
    printed = published_table(name)
    assert name in LAYOUTS
    assert printed is not None
    assert "not measured here" in printed.title
    assert "arXiv 26" in printed.title
    assert all(len(row) == len(printed.heads) for row in printed.rows)
    assert table(name, published()).rows == table(name, published()).rows


def test_the_printed_numbers_are_those_of_the_papers_counts() -> None:
    counts = {"raw-coder": (133, 128), "raw-planner": (146, 138), "plan-then-code": (132, 124), "review-then-fix": (147, 144),
              "review-then-fix-retry": (153, 148), "debate": (150, 142)}  # fmt: skip
    assert {row[0]: row[1:] for row in published_tables()["A2"].rows} == {
        name: tuple(f"{100 * k / 164:.1f}" for k in both) for name, both in counts.items()
    }
    roi = {row[:2]: float(row[2]) for row in published_tables()["B1"].rows}
    assert (roi["4B", "pat"], roi["4B", "funcoder"]) == (1.839, 0.702)
    assert [row[1] for row in published_tables()["B3"].rows] == ["0.14", "0.25", "0.47", "1.00"]


def test_table_1_of_pat_has_cost_and_return_relative_to_standard() -> None:
    def cheap(usd: float) -> Spending:
        return Spending(calls=1, prompt_tokens=1, known=usd)

    lines = [line(n, "standard", plus=n < 7, spent=cheap(0.001)) for n in range(10)]
    lines += [line(n, "pat", plus=n < 9, spent=cheap(0.005)) for n in range(10)]
    rows = [*rows_of(lines, "humaneval+"), *rows_of(lines, "mbpp-175")]
    made = table("B1", rows)
    assert made.rows[1] == ("m", "pat", "90.0", "90.0", "90.0", "90.0", "90.00", "5.00", "5.00")
    assert made.rows[0][-2:] == ("1.00", "—")


def test_table_3_of_pat_holds_a_mix_against_its_planners_model_in_all_roles_on_the_same_suite() -> None:
    def mixed(model: str, usd: float) -> list[Line]:
        return [line(0, "pat", model=model, spent=Spending(calls=1, prompt_tokens=1, known=usd), helpers=1)]

    small, mix = mixed("small", 0.001), mixed("small + planner=large", 0.002)
    rows = [*rows_of([*small, *mix, *mixed("large", 0.008)], "humaneval+"), *rows_of([*small, *mix], "mbpp-175")]
    assert [(row[0], row[1], row[-2]) for row in table("B3", rows).rows] == [
        ("small", "humaneval+", "1.00"),
        ("small + planner=large", "humaneval+", "0.25"),
        ("large", "humaneval+", "1.00"),
        ("small", "mbpp-175", "1.00"),
        ("small + planner=large", "mbpp-175", "n/a"),
    ]


def test_a_plan_is_held_against_the_run_of_the_model_that_writes_the_code() -> None:
    lines = [line(n, model="large", plus=n < 9) for n in range(10)]
    lines += [line(n, model="small", plus=n < 5) for n in range(10)]
    lines += [line(n, "plan-then-code", model="large + coder=small", plus=n < 6) for n in range(10)]
    made = table("A2", rows_of(lines, "humaneval"))
    (planned,) = [row for row in made.rows if row[0].startswith("plan-then-code")]
    assert planned[3] == planned[5] == "+10.0"


def test_the_standard_of_the_same_coder_is_nearer_than_the_raw_run_of_another() -> None:
    lines = [line(0, model="large"), line(0, "standard", model="small"), line(0, "pat", model="small + planner=large")]
    *_, row = rows_of(lines, "humaneval+")
    assert row.baseline == "standard"


@pytest.mark.parametrize("name", ["A2", "scoreboard"])
def test_no_two_rows_have_one_name(name: str) -> None:
    lines = [line(0), line(0, "pat")]
    rows = [*rows_of(lines, "humaneval"), *rows_of(lines, "humaneval-hard")]
    told = [row[: 1 if name == "A2" else 2] for row in table(name, rows).rows]
    assert len(set(told)) == len(told) == 4


def test_methods_of_two_modes_are_two_rows_of_their_own_scores() -> None:
    paper = [line(0, "pat", plus=True)]
    evidence = [msgspec.structs.replace(each, mode="evidence", plus=False, base=False) for each in paper]
    told = [row[1:4] for row in table("B1", rows_of([*paper, *evidence], "humaneval+")).rows]
    assert told == [("pat · paper", "100.0", "100.0"), ("pat · evidence", "0.0", "0.0")]


def test_an_average_needs_all_four_scores() -> None:
    made = table("B1", rows_of([line(0, "standard")], "humaneval+"))
    assert made.rows[0][4:7] == ("—", "—", "—")


def test_unknown_prices_are_told_and_never_nothing() -> None:
    rows = rows_of([line(0, spent=Spending(calls=1, unpriced=1))], "humaneval+")
    assert "n/a" in table("scoreboard", rows).rows[0]
    assert table("B1", rows).rows[0][-2] == "n/a"


def test_every_table_tells_the_ceiling_and_what_was_left_out() -> None:
    lines = [
        line(0),
        line(1, status="error", error="gone"),
        line(2, plus=False, base=False),
        line(0, "pat", helpers=1, planned=1),
    ]
    lines[2] = msgspec.structs.replace(lines[2], judged="no code")
    for name in LAYOUTS:
        notes = " ".join(table(name, rows_of(lines, "humaneval+")).notes)
        assert "canonical solutions" in notes
        assert "1 problems could not be run" in notes
        assert "1 of 2 answers held no code" in notes


def test_rows_of_different_problems_are_told_apart() -> None:
    told = "only fixed and broken compare like with like"
    unlike = rows_of([line(0), line(1), line(0, "pat")], "humaneval+")
    assert told in " ".join(table("scoreboard", unlike).notes)
    assert told not in " ".join(table("scoreboard", unlike[:1]).notes)


def test_there_is_no_table_of_another_name() -> None:
    with pytest.raises(UsageError, match="there is no table 'A9'"):
        table("A9", published())


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_every_table_can_be_written_in_every_form(name: str) -> None:
    made = table(name, published())
    assert made.title in rendering.as_plain(made)
    read = list(csv.reader(io.StringIO(rendering.as_csv(made))))
    assert read[0] == list(made.heads)
    assert len(read) == 1 + len(made.rows)
    assert rendering.as_markdown(made).count("\n| ") == 1 + len(made.rows) + (1 if made.heads else 0)
    assert json.loads(msgspec.json.encode(made))["name"] == name


@given(
    st.lists(st.integers(1, 30), min_size=2, max_size=12), st.integers(1, 2), st.integers(30, 120), st.integers(0, 150)
)
def test_a_table_is_broken_into_blocks_that_fit_a_terminal_and_loses_no_cell(
    widths: list[int], words: int, room: int, note: int
) -> None:
    cells = tuple(chr(97 + n) * width for n, width in enumerate(widths))
    made = rendering.Table(name="t", title="0", heads=cells, rows=(cells,), words=words, notes=("1 " * note,))
    text = rendering.as_plain(made, room)
    assert set(text.split()) >= set(cells)
    assert text.count("1") == note
    keys = sum(width + 2 for width in widths[: words if words < len(widths) else 1])
    assert all(len(line) <= max(room, keys + max(widths)) for line in text.splitlines())


def test_without_a_width_a_table_is_one_block() -> None:
    made = table("scoreboard", published())
    assert rendering.as_plain(made) == rendering.as_plain(made, 1000)
    heads = rendering.as_plain(made).splitlines()[2].split("  ")
    assert [head.strip() for head in heads if head.strip()] == list(made.heads)


def test_text_of_strangers_is_harmless_in_every_form() -> None:
    lines = [line(0, model="=cmd|' /C'!A0 \x1b[31m<script>[x](y)")]
    made = table("B5", rows_of(lines, "humaneval+"))
    assert "\x1b" not in rendering.as_plain(made) + rendering.as_markdown(made)
    assert "<script>" not in rendering.as_markdown(made).replace("\\<", "")
    assert next(csv.reader(io.StringIO(rendering.as_csv(made).split("\n", 1)[1])))[0].startswith("'=")
    assert "<script>" not in pictures.plane_svg(rows_of(lines, "s"))


# ------------------------------------------------------------------------------------------- pictures


def test_the_pictures_are_well_formed_and_show_every_row() -> None:
    for drawn in (pictures.plane_svg(published()), pictures.bars_svg(published(), "title & more")):
        texts = [element.text or "" for element in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
        assert all(any(text.startswith(row.pipeline) for text in texts) for row in published())


def test_the_plane_takes_tokens_where_no_price_is_known() -> None:
    rows = rows_of([line(0, spent=Spending(calls=1, prompt_tokens=7, unpriced=1))], "humaneval+")
    assert "no prices are known" in pictures.plane_text(rows)
    assert "USD a problem" in pictures.plane_text(published())


def test_pictures_name_the_model_only_where_there_are_several_and_no_axis_goes_below_nothing() -> None:
    one = rows_of([line(0, model="mine"), line(0, "pat", model="mine")], "humaneval+")
    two = rows_of([line(0, model="mine"), line(0, "pat", model="other")], "humaneval+")
    assert one[0].model not in pictures.plane_text(one) + pictures.bars_text(one) + pictures.plane_svg(one)
    assert "pat · other" in pictures.plane_text(two)
    assert ": 0 to " in pictures.plane_text(one)


def test_a_bar_is_as_long_as_its_share() -> None:
    bar = pictures.bars_text(rows_of([line(n, plus=n < 3) for n in range(4)], "s"), width=40)
    assert bar.count("█") == 30
    assert "75.0 %" in bar


# ------------------------------------------------------------------------------------------- reviewers


def reviewed(n: int, buggy: bool, review: str, passes: bool, **findings: int) -> Line:
    return msgspec.structs.replace(
        line(n, "reviewer-blind", plus=passes), problem=f"Own/{n}:{'buggy' if buggy else 'right'}", review=review,
        findings={name.replace("_", " "): count for name, count in findings.items()},
    )  # fmt: skip


def test_a_reviewers_marks_count_what_was_reported_shown_fixed_and_broken() -> None:
    lines = [
        reviewed(0, True, "bugs", True, reproduced=1),
        reviewed(1, True, "bugs", False, refuted=2),
        reviewed(2, True, "clean", False),
        reviewed(0, False, "clean", True),
        reviewed(1, False, "bugs", False, not_shown=1),
        reviewed(2, False, "unreadable", True),
    ]
    (mark,) = marks_of(lines)
    assert (mark.recall, mark.alarms) == (Share(passes=2, of=3), Share(passes=1, of=3))
    assert (mark.fixed, mark.broken, mark.net) == (Share(passes=1, of=3), Share(passes=1, of=3), 0)
    assert (mark.findings, mark.unreadable) == ({"reproduced": 1, "refuted": 2, "not shown": 1}, 1)
    assert reviewers_table([mark], "reviewers:own").rows[0][2:5] == ("3", "66.7", "21–94")


def test_bodies_that_were_not_reviewed_are_told_apart_from_reports_that_cannot_be_read() -> None:
    lines = [
        reviewed(n, True, word, False) for n, word in enumerate(["unreadable", "not reviewed", "not reviewed", ""])
    ]
    (mark,) = marks_of(lines)
    assert (mark.unreadable, mark.silent) == (4, 3)
    notes = reviewers_table([mark], "reviewers:own").notes
    assert [note.partition(": ")[2] for note in notes[1:]] == ["1 replies were no review", "3 bodies were not reviewed"]


def test_the_scoreboard_says_how_many_drafts_were_not_reviewed() -> None:
    lines = [msgspec.structs.replace(line(n, "review-then-fix", plus=True), review=word)
             for n, word in enumerate(["clean", "bugs", "not reviewed", "unreadable"])]  # fmt: skip
    notes = table("scoreboard", rows_of(lines, "own")).notes
    assert any("2 of 4 drafts were not reviewed" in note for note in notes)
