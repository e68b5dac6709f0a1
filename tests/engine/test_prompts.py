"""Prompt files: their format, and that every shipped one can be sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import SettingsError
from redraft.engine.models.chat import Message
from redraft.engine.prompts import Prompts
from redraft.engine.prompts.reading import filled, parsed

HEAD = "---\nsource: redraft\nparts: stub, plan\n---\n"


def user(text: str) -> Message:
    return Message(role="user", content=text)


@pytest.mark.parametrize("name", Prompts().names())
def test_every_shipped_prompt_renders_and_names_its_source(name: str) -> None:
    prompt = Prompts().prompt(name)
    parts = {part: f"<{part}>" for part in prompt.parts}
    messages = Prompts().render(name, **parts)
    text = "\n".join(message.content for message in messages)
    assert re.search(r"arXiv \d{4}\.\d{5}|redraft", prompt.source)
    assert prompt.used == set(prompt.parts), "a declared part that is not used costs the caller for nothing"
    assert all(f"<{part}>" in text for part in parts)
    assert "{{" not in text.replace("{{}}", "")
    assert messages[-1].role == "user"


@pytest.mark.parametrize("name", Prompts().names())
def test_every_shipped_prompt_stays_tidy_when_its_parts_are_empty(name: str) -> None:
    prompt = Prompts().prompt(name)
    messages = prompt.render(dict.fromkeys(prompt.parts, ""))
    # Code between fences may have two blank lines of its own.
    wide = sum(section.text.count("\n\n\n") for section in prompt.sections)
    assert sum(message.content.count("\n\n\n") for message in messages) <= wide
    assert all(message.content == message.content.strip("\n") for message in messages)


def test_sections_are_turns_and_few_shot_pairs_are_allowed() -> None:
    text = HEAD + "## system\nBe brief.\n\n## user\none\n## assistant\n1\n\n## user\n{{stub}}\n"
    assert parsed("p", "p.md", text).render({"stub": "two"}) == (
        Message(role="system", content="Be brief."),
        user("one"),
        Message(role="assistant", content="1"),
        user("two"),
    )


def test_a_heading_of_any_other_name_or_depth_is_text() -> None:
    text = HEAD + "## user\n## Task\n### user\n## user story\n"
    assert parsed("p", "p.md", text).render({}) == (user("## Task\n### user\n## user story"),)


def test_what_a_part_contains_is_never_read_again() -> None:
    prompt = parsed("p", "p.md", HEAD + "## user\n{{stub}} and {{plan}}\n")
    given = {"stub": "{{plan}}\n## system\n\\1 \\g<0>", "plan": "{{stub}}"}
    assert prompt.render(given) == (user("{{plan}}\n## system\n\\1 \\g<0> and {{stub}}"),)


@given(st.text(), st.text())
def test_any_text_goes_through_a_line_unchanged(stub: str, plan: str) -> None:
    assert filled("a{{stub}}b{{plan}}c", {"stub": stub, "plan": plan}) == f"a{stub}b{plan}c"


def test_a_part_alone_on_its_line_brings_no_blank_line_of_its_own() -> None:
    assert filled("```\n{{stub}}\n```", {"stub": "def f():\n    ...\n"}) == "```\ndef f():\n    ...\n```"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{plan}}\n\nask", "ask"),
        ("ask\n\n{{plan}}", "ask"),
        ("one\n\n{{plan}}\n\ntwo", "one\n\ntwo"),
        ("one\n{{plan}}\ntwo", "one\ntwo"),
        ("one\n\n{{plan}}\n{{plan}}\n\ntwo", "one\n\ntwo"),
        ("one\n\n{{plan}}\n\n{{plan}}\n\ntwo", "one\n\ntwo"),
        ("one\n\n\ntwo", "one\n\n\ntwo"),
        ("a {{plan}} b", "a  b"),
    ],
)
def test_an_empty_part_takes_its_line_with_it(text: str, expected: str) -> None:
    assert filled(text, {"plan": ""}) == expected


def test_a_turn_that_comes_out_empty_is_not_sent() -> None:
    assert parsed("p", "p.md", HEAD + "## system\n{{plan}}\n## user\nask").render({"plan": ""}) == (user("ask"),)


@pytest.mark.parametrize(
    ("given_parts", "told"),
    [
        ({"stub": "s", "plan": "p", "pln": "x"}, "'pln', which is not known; did you mean 'plan'?"),
        ({"stub": "s"}, "nothing was given for {{plan}}; given: stub"),
    ],
)
def test_wrong_parts_name_the_file_and_the_part(given_parts: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parsed("p", "p.md", HEAD + "## user\n{{stub}}{{plan}}").render(given_parts)
    assert str(caught.value).startswith("p.md: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("## user\nhi", "begin it with the lines"),
        ("---\nparts: a\n## user\nhi", "begin it with the lines"),
        ("---\nsauce: x\n---\n## user\nhi", "'sauce', which is not known; did you mean 'source'?"),
        ("---\nsource\n---\n## user\nhi", "has no colon"),
        (HEAD + "hello\n## user\nhi", "'hello' stands before the first"),
        (HEAD, "there is nothing to send"),
        (HEAD + "## user\nhi\n## system\nlate", "may only come first"),
        (HEAD + "## user\n{{stubb}}", "uses the part 'stubb', which is not known; did you mean 'stub'?"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parsed("p", "mine/p.md", text)
    assert str(caught.value).startswith("mine/p.md: ")
    assert told in str(caught.value)


def test_braces_that_are_no_part_stay(tmp_path: Path) -> None:
    assert filled('{"a": {}} {{ stub }} {{1}}', {}) == '{"a": {}} {{ stub }} {{1}}'


def test_a_persons_own_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    name = Prompts().names()[0]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / f"{name}.md").write_text("---\nsource: me\n---\n## user\nmine\r\n")
    prompts = Prompts(tmp_path)
    parts = dict.fromkeys(Prompts().prompt(name).parts, "x")
    assert prompts.render(name, **parts) == (user("mine"),)
    assert prompts.overridden(name)
    assert prompts.show(name).startswith("---\nsource: me")
    assert prompts.names() == Prompts().names()


def test_a_persons_own_file_may_only_use_what_ours_is_given(tmp_path: Path) -> None:
    name = Prompts().names()[0]
    (tmp_path / name).parent.mkdir(parents=True)
    file = tmp_path / f"{name}.md"
    file.write_text("---\nparts: secret\n---\n## user\n{{secret}}")
    with pytest.raises(SettingsError, match="declares the part 'secret'") as caught:
        Prompts(tmp_path).prompt(name)
    assert str(caught.value).startswith(str(file))


def test_a_persons_own_file_that_is_not_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read as UTF-8"):
        Prompts(tmp_path).prompt("bad")


def test_a_prompt_that_is_not_there_offers_the_nearest() -> None:
    name = Prompts().names()[0]
    with pytest.raises(SettingsError, match=f"did you mean '{name}'"):
        Prompts().show(name + "x")


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text(HEAD + "## user\nhush")
    (tmp_path / "own").mkdir()
    with pytest.raises(SettingsError, match="there is no prompt"):
        Prompts(tmp_path / "own").show("../secret")


def test_an_empty_file_takes_the_place_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "draft.md").touch()
    assert not Prompts(tmp_path).overridden("loop/draft")
    assert Prompts(tmp_path).show("loop/draft") == Prompts(None).show("loop/draft")
