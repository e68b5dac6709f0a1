"""The messages that a verb sends for a function, and what there was no room for."""

from __future__ import annotations

from ...engine.desk import wording
from ...engine.desk.prompting import Turns
from ...engine.facts import (
    Draft,
    Fact,
    Report,
    Review,
    Role,
    Stub,
)
from ...engine.kit import Kit, Voice
from ...engine.models.chat import Message
from ...engine.models.scripted import Scripted
from ...engine.prompts import Prompts
from ...engine.run.opening import place_of
from ...engine.sandbox.scripted import ScriptedSandbox
from ...engine.settings import Settings
from ...engine.sources.context import CHARACTERS, Told
from ..common.output import Paint, harmless

_NAMED = 12
"""Names of what was left out that are listed."""


class Preview(Fact, frozen=True):
    """What would be sent."""

    verb: str
    mode: str
    messages: tuple[Message, ...]
    begun: str
    """How the answer is begun for the model, "" for not at all."""
    context: str
    """The part of the messages that tells of the surroundings."""
    context_tokens: int
    """The setting."""
    used_tokens: int
    """What neighbours and project take of it, by our estimate."""
    left_out: tuple[str, ...] = ()
    """Names of the project that did not fit, the most telling first."""
    neighbours_left_out: int = 0
    """Definitions of the file itself that did not fit."""


def preview(settings: Settings, prompts: Prompts, stub: Stub, verb: str, told: Told) -> Preview:
    """The messages of a verb for a function whose draft is what stands in the file and whose examples did not run yet.

    Raises:
        SettingsError: a prompt of the user's own is wrong.
    """
    turns = Turns(_kit(settings, prompts))
    evidence = settings.mode == "evidence"
    answered = verb in {"draft", "fix", "trial"}
    return Preview(
        verb=verb,
        mode=settings.mode,
        messages=_messages(turns, stub, verb, evidence=evidence),
        begun=turns.begun(stub) if answered else turns.begun_tests() if verb == "tests" else "",
        context=wording.context(stub),
        context_tokens=settings.context_tokens,
        used_tokens=-(-(len(told.neighbours) + len(told.project)) // CHARACTERS),
        left_out=told.project_left_out,
        neighbours_left_out=len(told.neighbours_left_out),
    )


def preview_lines(shown: Preview, paint: Paint) -> list[str]:
    """The messages for a terminal, the context between two lines of its own."""
    lines: list[str] = []
    for message in shown.messages:
        lines += [paint("bold", f"── {message.role} ──"), *_marked(harmless(message.content), shown, paint)]
    if shown.begun:
        lines += [paint("bold", "── assistant, begun for the model ──"), harmless(shown.begun).rstrip("\n")]
    return [*lines, "", *(paint("dim", line) for line in _notes(shown))]


def _marked(content: str, shown: Preview, paint: Paint) -> list[str]:
    if not shown.context or harmless(shown.context) not in content:
        return [content]
    before, found, after = content.partition(harmless(shown.context))
    head = f"┄┄ context: {shown.used_tokens} of {shown.context_tokens} tokens beside the imports ┄┄"
    parts = [before.rstrip("\n"), paint("dim", head), found, paint("dim", "┄┄ end of context ┄┄"), after.lstrip("\n")]
    return [part for part in parts if part]


def _notes(shown: Preview) -> list[str]:
    """What was left out, in words."""
    notes: list[str] = []
    if number := len(shown.left_out):
        names = ", ".join(harmless(name) for name in shown.left_out[:_NAMED]) + (", …" if number > _NAMED else "")
        notes.append(f"{number} more name{'s' * (number > 1)} of the project did not fit: {names}")
    if number := shown.neighbours_left_out:
        notes.append(f"{number} more definition{'s' * (number > 1)} of the file did not fit")
    if notes:
        notes.append(
            f"to tell more, raise context_tokens (now {shown.context_tokens}); every token is paid in each prompt"
        )
    return notes


def _messages(turns: Turns, stub: Stub, verb: str, *, evidence: bool) -> tuple[Message, ...]:
    draft = Draft(id="d1", body=stub.body or "...")
    report = Report(draft=draft.id) if evidence else None
    match verb:
        case "plan":
            return turns.plan(stub)
        case "enrich":
            return turns.enrich(stub)
        case "review":
            return turns.review(stub, draft, report, None)
        case "fix":
            return turns.fix(stub, draft, Review(draft=draft.id, verdict="bugs", text="(the report)"), report)
        case "trial":
            return turns.trial(stub, {})
        case "tests":
            return turns.tests(stub)
        case _:
            return turns.draft(stub)


def _kit(settings: Settings, prompts: Prompts) -> Kit:
    """A kit that asks nobody: only whether coder and reviewer are the same model decides what is sent."""
    coder = Scripted([])
    same = place_of(settings.role("reviewer")) == place_of(settings.role("coder"))
    voices: dict[Role, Voice] = {"coder": Voice(model=coder), "reviewer": Voice(model=coder if same else Scripted([]))}
    return Kit(voices=voices, prompts=prompts, sandbox=ScriptedSandbox({}), mode=settings.mode)
