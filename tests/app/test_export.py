"""Recorded races as files that need no redraft: they play, they fetch nothing, and no text in them is obeyed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace
from redraft.app.application import RedraftApp
from redraft.app.cli.main import main
from redraft.app.common.tasks import RECORDINGS
from redraft.app.race.replay import RaceReplayScreen
from redraft.app.replay.export.page import page
from redraft.app.replay.export.slide import slide
from redraft.app.replay.logs import LaneLog, lane_logs, shipped
from redraft.engine import events as ev
from redraft.engine.facts import Draft, Finding, Review, Solution, Stub
from redraft.engine.state.run import state_of
from redraft.widgets.status_line import StatusLine
from scenes import session, until

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(1)> @DATA@ ```\n\x1b[2J \u202e 😀 [x](javascript:1)"
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "redraft"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hostile_logs() -> list[LaneLog]:
    stub = Stub(path="a.py", name="f", line=1, header="def f():\n")
    finding = Finding(claim=HOSTILE, call=HOSTILE, should_be=HOSTILE, got=HOSTILE, status="reproduced")
    review = Review(draft="d1", verdict="bugs", findings=(finding,), model=HOSTILE)
    one, two = Draft(id="d1", body=f"# {HOSTILE}"), Draft(id="d2", body=f"#! {HOSTILE}", parent="d1", purpose="fix")
    events: list[ev.AnyEvent] = [
        ev.RunStarted(run="r", pipeline=HOSTILE, stub=stub, models={"coder": HOSTILE}, began_at=HOSTILE),
        ev.CallStarted(call="c1", role="planner", purpose="plan", model=HOSTILE),
        *(ev.TextStreamed(call="c1", text=letter) for letter in HOSTILE),
        ev.Drafted(draft=one),
        ev.Reviewed(review=review),
        ev.Drafted(draft=two),
        ev.Settled(solution=Solution(draft=two, why=HOSTILE)),
    ]
    entries = tuple(ev.Entry(at=n / 10, event=event) for n, event in enumerate(events))
    return [LaneLog(HOSTILE, entries), LaneLog("b", entries)]


# ------------------------------------------------------------------------------------------ the page


@pytest.mark.parametrize("name", shipped())
def test_the_page_of_a_race_that_ships_is_small_names_its_models_and_fetches_nothing(name: str) -> None:
    logs = lane_logs([name])
    made = page(logs)
    assert len(made.encode()) <= 300_000
    for model in logs[0].began.models.values():
        assert model in made
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC · \w+ mode · redraft \d", made)
    assert "://" not in made
    assert not re.search(r"(?:src|href)\s*=", made)
    assert "default-src 'none'" in made


def test_no_text_of_a_log_becomes_part_of_the_page() -> None:
    made = page(hostile_logs())
    assert made.count("<script") == 2
    assert made.count("</script>") == 2
    assert "<img" not in made
    assert "\x1b" not in made
    assert made.count('id="data">{') == 1


DOM = """
const made = {};
const element = () => ({ style: {}, attributes: {}, setAttribute(n, v) { this.attributes[n] = v; }, value: 0 });
const article = (n) => ({ sections: Array.from({ length: 7 }, () => ({ hidden: true, lastElementChild: { innerHTML: "" } })),
  querySelectorAll() { return this.sections; } });
const articles = Array.from({ length: LANES }, (_, n) => article(n));
let frames = [], clock = 0, keys = null;
globalThis.performance = { now: () => clock };
globalThis.requestAnimationFrame = (f) => frames.push(f);
globalThis.document = {
  getElementById(id) { return made[id] ??= id === "data" ? { textContent: DATA } : element(); },
  querySelectorAll: () => articles,
  addEventListener: (_, f) => { keys = f; },
};
for (const id of ["play", "before", "next", "seek", "clock", "told"]) made[id] = element();
made.speed = Object.assign(element(), { value: "1" });
eval(SCRIPT);
const shown = () => articles.map((a) => a.sections.map((s) => s.lastElementChild.innerHTML));
const press = (key) => keys({ key, target: { tagName: "BODY" }, preventDefault() {} });
const say = (name) => console.log(JSON.stringify([name, shown(), made.clock.textContent, made.told.textContent, made.play.textContent]));
say("begin");
press("End"); say("end");
press("Home"); say("home");
press("."); say("chapter");
made.play.onclick(); say("playing");
for (let n = 0; n < 400 && frames.length; n++) { clock += 100; frames.shift()(clock); }
say("played");
press("Home"); made.seek.value = 500; made.seek.oninput({ target: { value: 500 } }); say("half");
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node runs the page's script")
@pytest.mark.parametrize(
    "logs", [lane_logs(["merge_ranges"]), lane_logs(["add_roman"]), hostile_logs()], ids=["race", "tree", "hostile"]
)
def test_the_page_plays_pauses_seeks_and_shows_report_and_diff(logs: list[LaneLog]) -> None:
    made = page(logs)
    data = re.search(r'id="data">(.*?)</script>', made, re.DOTALL)
    script = re.search(r"<script>\n(.*?)</script>", made, re.DOTALL)
    assert data
    assert script
    code = f"const LANES = {len(logs)}, DATA = {json.dumps(data[1])}, SCRIPT = {json.dumps(script[1])};\n{DOM}"
    node = shutil.which("node") or ""
    ran = subprocess.run([node, "-"], input=code, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    said = {line[0]: line[1:] for line in map(json.loads, ran.stdout.splitlines())}
    assert said["end"][0] == said["played"][0]
    assert said["begin"][0] == said["home"][0] != said["end"][0]
    assert said["playing"][3] == "pause"
    assert said["played"][3] == "play"
    assert said["chapter"][2]
    finals = [state_of(log.entries) for log in logs]
    for state, lane in zip(finals, said["end"][0], strict=True):
        assert ("reproduced" in lane[2]) == any(
            finding.status == "reproduced" for review in state.reviews.values() for finding in review.findings
        )
        if state.last_fix is not None and not state.tree.nodes:
            assert 'class="add"' in lane[3]


# ------------------------------------------------------------------------------------------ the others


def test_a_slide_names_everything_and_no_text_is_obeyed() -> None:
    logs = lane_logs(["merge_ranges"])
    made = slide(logs, [state_of(log.entries) for log in logs])
    assert "**reproduced**" in made
    assert "```diff" in made
    assert "evidence mode" in made
    hostile = hostile_logs()
    made = slide(hostile, [state_of(log.entries) for log in hostile])
    assert "\x1b" not in made
    told = re.sub(r"(?ms)^````diff$.*?^````$|```` .*? ````", "", made)
    assert not re.search(r"(?<!\\)[<>`\[]", re.sub(r"^\|.*\|$", "", told, flags=re.MULTILINE).replace("````diff", ""))


def played(cast: str) -> list[str]:
    """The lines of the terminal at the end of an asciicast."""
    head, *events = map(json.loads, cast.splitlines())
    screen = [""] * head["height"]
    for _, kind, text in events:
        assert kind == "o"
        for y, line in re.findall(r"\x1b\[(\d+);1H(.*?)(?=\x1b\[\d+;1H|$)", text, re.DOTALL):
            screen[int(y) - 1] = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return screen


def test_an_asciicast_is_of_version_two_lasts_as_long_as_asked_and_ends_in_the_table(home: Path) -> None:
    assert main(["export", "swap_pairs", "--cast", "r.cast", "--in", "2s"]) == 0
    text = (home / "r.cast").read_text()
    head, *events = map(json.loads, text.splitlines())
    assert (head["version"], head["width"], head["height"]) == (2, 160, 44)
    assert "qwen" in head["title"]
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    assert 1.5 <= times[-1] <= 2.0
    assert any("what came of it" in line for line in played(text))
    assert any("reproduced" in line for line in played(text))


def test_a_picture_and_several_at_once_and_nothing_is_written_over_unasked(home: Path) -> None:
    words = ["export", "swap_pairs", "--svg", "r.svg", "--markdown", "r.md"]
    assert main(words) == 0
    assert "@font-face" not in (home / "r.svg").read_text()
    assert "evidence mode" in (home / "r.svg").read_text()
    assert main(words) == 2
    assert main([*words, "--force"]) == 0
    assert main(["export", "swap_pairs"]) == 2
    assert main(["export", "gone", "--html", "x.html"]) == 2
    assert main(["export", "swap_pairs", "--html", "no/such/folder.html"]) == 3


def test_a_log_that_is_half_written_is_exported_as_far_as_it_goes(home: Path) -> None:
    raw = shipped_log("swap_pairs").read_bytes()
    (home / "half.jsonl").write_bytes(raw[: len(raw) // 2])
    assert main(["export", "half.jsonl", "--html", "half.html"]) == 0
    assert "def " in (home / "half.html").read_text() or "plan" in (home / "half.html").read_text()


def shipped_log(name: str) -> Path:
    return next(iter(sorted((RECORDINGS / name).glob("4-*.jsonl"))))


async def test_e_exports_from_a_replay(home: Path) -> None:
    screen = RaceReplayScreen(lane_logs(["swap_pairs"]), ticking=lambda: 0.0)
    async with RedraftApp(session(home), screen).run_test(size=(120, 40)) as pilot:
        await pilot.press("e")
        await until(pilot, lambda: "written" in screen.query_one("#status", StatusLine).notice)
    assert (home / "race-swap-pairs.html").stat().st_size < 300_000
    assert "**reproduced**" in (home / "race-swap-pairs.md").read_text()


def test_two_equal_states_make_equal_pages() -> None:
    logs = lane_logs(["chunked"])
    assert page(logs) == page([replace_entries(log) for log in logs])


def replace_entries(log: LaneLog) -> LaneLog:
    return LaneLog(log.name, tuple(replace(entry) for entry in log.entries))
