"""How many reports are read as they were meant.

`design.toml` was written while the reading was designed. Each of the others was written at one go and measured before
anything was mended for it (right verdicts, false bugs):

    heldout.toml  53 of 56, 1 of 27     ordinary
    fresh.toml    54 of 60, 3 of 30     against the reading
    later.toml    51 of 60, 4 of 30     longer
    last.toml     37 of 50, 8 of 26     against the reading: denials, litotes, retractions
    final.toml    58 of 60, 1 of 29     ordinary
    end.toml      38 of 40, 1 of 20     ordinary
    plain.toml    54 of 56, 1 of 28     ordinary

What these tests hold is the state after mending; it says that nothing is lost, not how the next report will be read.
"""

import tomllib
from pathlib import Path

import pytest
from redraft.engine.replies import review

HERE = Path(__file__).parent
SOURCES = {name: text.lstrip("\n") for name, text in tomllib.loads((HERE / "sources.toml").read_text("utf-8")).items()}
SETS = ("design", "heldout", "fresh", "later", "last", "final", "end", "plain")
REPORTS = {
    f"{name}-{number}": report
    for name in SETS
    for number, report in enumerate(tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))["report"])
}


def read(report):
    return review(report["text"], "d1", SOURCES[report["on"]], report["like"])


def test_the_corpus_is_large_and_half_of_it_is_of_clean_bodies():
    verdicts = [report["verdict"] for report in REPORTS.values()]
    assert len(verdicts) >= 120
    assert 0.4 < verdicts.count("clean") / len(verdicts) < 0.6


def test_97_of_100_verdicts_are_right_and_no_more_than_3_of_100_clean_reports_become_bugs():
    read_as = [(report["verdict"], read(report).verdict) for report in REPORTS.values()]
    clean = [got for meant, got in read_as if meant == "clean"]
    assert sum(meant == got for meant, got in read_as) >= 0.97 * len(read_as)
    assert clean.count("bugs") <= 0.03 * len(clean)


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_report_of_bugs_gives_findings_with_the_input_it_names(report):
    result = read(report)
    if report["verdict"] != "bugs" or result.verdict != "bugs":
        assert result.findings == () or result.verdict == "bugs"
        return
    assert len(result.findings) >= report.get("findings", 1)
    assert report.get("call", "") in {"", *(finding.call for finding in result.findings)}
    assert report.get("line") in {None, *(finding.line for finding in result.findings)}
    assert bool(result.candidate) or not report.get("candidate")
