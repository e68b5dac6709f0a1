"""What can be set. A field's docstring is its documentation; its annotation is its check."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from ..facts import Fact, Role
from .secret import Secret

EMBEDDED = "embedded"
"""The `base_url` of the model that redraft starts itself."""

Share = Annotated[float, Meta(ge=0, le=1)]
LARGEST = 2**53
"""Whole numbers stay below this, so that every JSON reader keeps them as they are."""
Count = Annotated[int, Meta(ge=1, le=LARGEST)]
Whole = Annotated[int, Meta(ge=0, le=LARGEST)]
Amount = Annotated[float, Meta(ge=0)]
Seconds = Annotated[float, Meta(gt=0, le=1_000_000)]
"""At most eleven days: what is longer no clock here can wait for."""
RunSeconds = Annotated[float, Meta(gt=0, le=3600)]
Tier = Literal["A", "B", "C", "D", "E"]


class RoleSettings(Fact, frozen=True):
    """Which model plays a role, and how it is asked. None means that the pipeline, or the server, decides."""

    base_url: str = EMBEDDED
    """Address of an OpenAI-compatible server, with its `/v1`, or "embedded"; commas separate servers of one model."""
    model: str = ""
    """Its name as the server knows it; "" takes the first the server offers."""
    api_key: Secret | None = None
    """The key itself; only in the user's own file or environment."""
    api_key_env: str = ""
    """Name of the environment variable that holds the key."""
    api_key_command: str | tuple[str, ...] = ""
    """A command whose first line of output is the key; run once, when the model is first asked."""
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Share | None = None
    top_k: Whole | None = None
    """0: no limit."""
    min_p: Share | None = None
    max_tokens: Count | None = None
    """Of one answer, without the thoughts before it."""
    seed: Whole | None = None
    thinking: Literal["auto", "on", "off"] = "auto"
    """Whether it thinks before it answers: "auto" as the question asks, "on" at every question, "off" never."""
    effort: Literal["low", "medium", "high"] | None = None
    """How hard it thinks."""
    thinking_tokens: Count | None = None
    """Most tokens of the thoughts before one answer; None: 2,048, 8,192 or 32,768, as the effort says."""
    prefill: Literal["auto", "on", "off"] = "auto"
    """Whether the answer is begun with the stub; "auto" finds out what the server does with it."""
    price_in: Amount | None = None
    """USD per million prompt tokens; None: unknown, shown as "n/a"."""
    price_out: Amount | None = None
    """USD per million completion tokens; None: unknown, shown as "n/a"."""
    timeout: Seconds = 120.0
    """Seconds without a token before a call is given up."""
    retries: Annotated[int, Meta(ge=0, le=10)] = 3
    """How often a call is tried again after a rate limit or a broken connection."""

    @property
    def embedded(self) -> bool:
        """Whether redraft starts this model itself."""
        return self.base_url == EMBEDDED

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The servers that share the asking, in the order given; () for the embedded model."""
        return () if self.embedded else tuple(self.base_url.split(","))


class RolesSettings(Fact, frozen=True):
    """One model a role. What a role leaves open, another fills in: see `FOLLOWS`."""

    coder: RoleSettings = RoleSettings()
    reviewer: RoleSettings = RoleSettings()
    planner: RoleSettings = RoleSettings()
    tester: RoleSettings = RoleSettings()


FOLLOWS: dict[Role, Role] = {"reviewer": "coder", "tester": "coder", "planner": "reviewer"}
"""Whom a role follows; in this order, so that the planner sees what the reviewer got from the coder."""


class EmbeddedSettings(Fact, frozen=True):
    """How the models are run that redraft starts itself."""

    engine: str = "auto"
    """"auto", "xllamacpp", or the name or path of a llama.cpp server program, such as "llama-server"."""
    context: Annotated[int, Meta(ge=512, le=2**22)] | None = None
    """Tokens for all answers that are written at once; None: 16,384, or as many as the model has."""
    threads: Annotated[int, Meta(ge=0, le=1024)] = 0
    """0: one for each core that redraft may use."""
    gpu_layers: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    """Layers of the model that a GPU takes; None: as many as fit."""
    parallel: Annotated[int, Meta(ge=1, le=64)] = 5
    """Answers of one model that are written at once."""


class SandboxSettings(Fact, frozen=True):
    """Where and how drafts are run."""

    interpreter: str = ""
    """Python that runs the drafts; "" takes `VIRTUAL_ENV`, then the project's `.venv`, then redraft's own."""
    lowest_tier: Tier = "C"
    """The weakest protection under which drafts run without a question; "E" is none at all. Never from a project."""
    seconds: RunSeconds = 5.0
    """Wall clock of one run, without importing."""
    step_seconds: RunSeconds = 2.0
    """Wall clock of one example."""
    import_seconds: RunSeconds = 10.0
    """Wall clock of importing a file and all that it imports."""
    memory_mb: Annotated[int, Meta(ge=32, le=LARGEST)] = 512
    allow_subprocess: bool = False
    """Whether drafts may start programs."""
    environment: tuple[str, ...] = ()
    """Names of environment variables that programs get, such as "DJANGO_SETTINGS_MODULE"; all others stay outside."""
    cache_folder: str = ""
    """A folder that programs may read and not write, named by `XDG_CACHE_HOME` there; "" for none."""


class ExamplesSettings(Fact, frozen=True):
    """What a draft is held against beside the examples of its docstring."""

    from_tests: Literal["hidden", "shown", "off"] = "hidden"
    """What the project's tests are for: judging what no model knows of, examples that models see, or nothing."""


class InterfaceSettings(Fact, frozen=True):
    """How the screens look and which keys they obey."""

    theme: str = "redraft-dark"
    mouse: bool = True
    split: Literal["auto", "always", "never"] = "auto"
    """Whether a diff shows both sides; "auto" does so when both fit."""
    wrap: bool = False
    """Whether long lines are wrapped."""
    keys: dict[str, str] = {}
    """Key by binding id, several keys separated by commas; the help screen shows the ids."""


class WatchSettings(Fact, frozen=True):
    """How saves are noticed."""

    settle: Annotated[float, Meta(ge=0, le=10)] = 0.15
    """Seconds a file must stay the same before it is read."""
    poll: bool | None = None
    """Look at the files in turn, for network mounts; None finds out."""


class LogSettings(Fact, frozen=True):
    """How many run logs are kept; the oldest go first."""

    runs: Whole = 200
    megabytes: Whole = 200


class BudgetSettings(Fact, frozen=True):
    """What one run may use; it stops between calls. None: no limit."""

    calls: Count | None = None
    tokens: Count | None = None
    """Prompt and completion together."""
    seconds: Seconds | None = None
    usd: Amount | None = None


class RepairSettings(Fact, frozen=True):
    """How far a draft that fails an example is followed by attempts, with mode "evidence"."""

    attempts: Annotated[int, Meta(ge=0, le=100)] = 9
    """Most bodies that are asked for; 0: none."""
    seconds: Seconds = 60.0
    """No attempt begins later than so many seconds after the first."""


class Settings(Fact, frozen=True):
    """Everything that can be set, after all sources were read."""

    pipeline: str = ""
    """Name in the catalogue of pipelines; "" takes the catalogue's default for the mode."""
    mode: Literal["paper", "evidence"] = "evidence"
    """"paper" sends what the papers send and nothing else; "evidence" runs first and shows what came out."""
    context_tokens: Whole = 400
    """How much of the file around a stub goes into a prompt."""
    roles: RolesSettings = RolesSettings()
    embedded: EmbeddedSettings = EmbeddedSettings()
    sandbox: SandboxSettings = SandboxSettings()
    examples: ExamplesSettings = ExamplesSettings()
    interface: InterfaceSettings = InterfaceSettings()
    watch: WatchSettings = WatchSettings()
    log_keep: LogSettings = LogSettings()
    budget: BudgetSettings = BudgetSettings()
    repair: RepairSettings = RepairSettings()

    def role(self, role: Role) -> RoleSettings:
        """The settings of one role, with what it follows already filled in."""
        match role:
            case "coder":
                return self.roles.coder
            case "reviewer":
                return self.roles.reviewer
            case "planner":
                return self.roles.planner
            case "tester":
                return self.roles.tester
