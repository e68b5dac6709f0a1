"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the house."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python\n# (\S+\.py[^\n]*)\n(.*?)```", TEXT, re.DOTALL))
PLACES = {
    "in PIPELINES": "PIPELINES: tuple[Pipeline, ...] = (\n",
    "in DRAFTING": 'DRAFTING = Topic(\n    "drafting",\n    (\n',
    "in Deeds": "self._by_name: dict[str, Deed] = {\n",
}
"""After what a block belongs that does not stand alone."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which every recipe was followed; its parent is to be put on the path."""
    house = tmp_path_factory.mktemp("copy") / "redraft"
    for room in ("app", "engine", "themes", "widgets"):
        shutil.copytree(ROOT / room, house / room, ignore=shutil.ignore_patterns("__pycache__", "recordings"))
    for where, block in BLOCKS.items():
        name, _, place = where.partition(", ")
        file = house / name
        if not place:
            assert not file.exists()
            file.write_text(block, encoding="utf-8")
        elif place == "at its end":
            file.write_text(file.read_text(encoding="utf-8") + "\n\n" + block, encoding="utf-8")
        else:
            before, mark, after = file.read_text(encoding="utf-8").partition(PLACES[place])
            assert mark, where
            file.write_text(before + mark + block + after, encoding="utf-8")
    names = house / "engine/pipelines/names.py"
    names.write_text(
        names.read_text(encoding="utf-8").replace("NAMES = (", 'NAMES = (\n    "twice",'), encoding="utf-8"
    )
    catalogue = house / "engine/pipelines/catalogue.py"
    text = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(text.replace("sampling, specifying", "sampling, specifying, twice"), encoding="utf-8")
    return house


def redraft(house: Path, *arguments: str, code: str = "") -> str:
    program = ["-c", code] if code else ["-m", "redraft.app", *arguments]
    done = subprocess.run(
        [sys.executable, *program],
        cwd=house.parent,
        env={**os.environ, "PYTHONPATH": str(house.parent), "REDRAFT_HOME": str(house.parent / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:app|engine|tests|themes|widgets|scripts)/[\w/.-]*\w)`", TEXT))
    made = {where.partition(",")[0] for where in BLOCKS}
    assert len(named) > 15
    assert [name for name in named - made if not (ROOT / name).exists() and "NAME" not in name] == []


def test_a_pipeline(house: Path) -> None:
    assert "two drafts, the better one" in redraft(house, "pipelines", "twice")
    assert "twice," in redraft(house, "run", "--help")
    drafts = """
import asyncio
from redraft.engine.facts import Example, Stub
from redraft.engine.kit import Kit, Voice
from redraft.engine.models.scripted import Scripted
from redraft.engine.pipelines.catalogue import pipeline
from redraft.engine.prompts import Prompts
from redraft.engine.run.log import running
from redraft.engine.sandbox.scripted import ScriptedSandbox
from redraft.engine.state.run import state_of

HEADER = 'def f(x: int) -> int:\\n    \"\"\"Double x.\\n\\n    >>> f(1)\\n    2\\n    \"\"\"\\n'
stub = Stub(path="a.py", name="f", line=1, header=HEADER, body="...", docstring="Double x.",
            examples=(Example(source="f(1)\\n", want="2\\n"),))

async def main():
    model = Scripted([f"```python\\n{HEADER}    {body}\\n```" for body in ("return x - 1", "return 2 * x")])
    sandbox = ScriptedSandbox({"return x - 1": {"f(1)": "0"}, "return 2 * x": {"f(1)": "2"}})
    kit = Kit(voices={"coder": Voice(model=model)}, sandbox=sandbox, prompts=Prompts())
    entries = []
    async with running(pipeline("twice"), kit, stub) as log:
        async for entry in log:
            entries.append(entry)
    solution = state_of(entries).solution
    print([type(entry.event).__name__ for entry in entries].count("CallStarted"), solution.draft.body.strip())

asyncio.run(main())
"""
    assert redraft(house, code=drafts) == "2 return 2 * x\n"


def test_a_command(house: Path) -> None:
    assert redraft(house, "hello", "you") == "hello you\n"
    assert "greet somebody" in redraft(house, "--help")


def test_a_key(house: Path) -> None:
    assert (
        redraft(
            house,
            code="from redraft.app.common.keys import DRAFTING; print(DRAFTING.bindings[0].id);"
            "from redraft.app.common.key_clashes import clashes; print(clashes({}))",
        )
        == "demo.greet\n[]\n"
    )
    assert '"greet": lambda: screen.say("hello")' in (house / "app/draft/actions.py").read_text(encoding="utf-8")


def test_a_prompt(house: Path) -> None:
    section = TEXT.partition("### A prompt")[2].partition("###")[0]
    head, _, turns = re.findall(r"```\n(.*?)```", section, re.DOTALL)[0].partition("## ")
    for folder in (house / "engine/prompts/demo", house.parent / "home/config/prompts/other"):
        folder.mkdir(parents=True)
        (folder / "say.md").write_text(f"---\n{head}---\n## {turns}", encoding="utf-8")
    assert "Say in one sentence" in redraft(house, "prompts", "demo/say")
    assert "demo/say" in redraft(house, "prompts").split()


def test_a_theme(house: Path) -> None:
    ours = (house / "themes/redraft-dark.toml").read_text(encoding="utf-8")
    (house / "themes/mine.toml").write_text(ours.replace('name = "redraft-dark"', 'name = "mine"'), encoding="utf-8")
    assert "mine" in redraft(house, code="from redraft.themes import load_themes; print(*load_themes())").split()
