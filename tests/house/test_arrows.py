"""Who may import whom: docs/architecture.md, checked."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "engine", "themes", "widgets")
SANDBOXED = ROOT / "engine" / "sandbox" / "child"
SLOW = {"openai", "xllamacpp", "httpx2", "vllm"}
"""Packages that cost a tenth of a second or more; imported on first use, inside a function."""
CLIENT = ("engine/models/http/wire.py", "engine/models/http/bounded.py")
"""The modules that have them at their top; the first is itself imported on first use, the second by the first."""

Import = tuple[str, str]
"""What is imported, and where ("engine/desk.py:12")."""


def modules(*rooms: str) -> list[Path]:
    return sorted(file for room in rooms for file in (ROOT / room).rglob("*.py") if "examples" not in file.parts)


def at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs when the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from at_import(node)


def imports(file: Path, nodes: Iterator[ast.AST]) -> Iterator[Import]:
    """Absolute names of what these nodes import; ours begin with "redraft."."""
    package = ("redraft", *file.relative_to(ROOT).parent.parts)
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names = [f"{module}.{alias.name}" for alias in node.names] if node.module is None else [module]
        else:
            continue
        yield from ((name, f"{file.relative_to(ROOT)}:{node.lineno}") for name in names)


def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def all_imports(file: Path) -> Iterator[Import]:
    return imports(file, ast.walk(parsed(file)))


def test_the_contracts_in_pyproject_hold() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_widgets_know_nothing_of_the_engine_but_facts_events_and_state() -> None:
    allowed = {
        f"redraft.engine.{name}"
        for name in ("state.run", "state.tree", "state.cost", "events", "facts", "diff", "indent", "waits")
    }
    ours = [(name, where) for file in modules("widgets") for name, where in all_imports(file) if "redraft." in name]
    assert [found for found in ours if not found[0].startswith("redraft.widgets") and found[0] not in allowed] == []


def test_slow_packages_are_imported_on_first_use() -> None:
    found = [
        (name, where)
        for file in modules(*ROOMS)
        for name, where in imports(file, at_import(parsed(file)))
        if (name.partition(".")[0] in SLOW or name.endswith((".http.wire", ".http.bounded")))
        and not where.startswith(CLIENT)
    ]
    assert found == []


def test_the_sandboxed_side_imports_the_standard_library_only() -> None:
    own = {file.stem for file in SANDBOXED.glob("child*.py")}
    assert own
    strangers = [
        (name, where)
        for stem in sorted(own)
        for name, where in all_imports(SANDBOXED / f"{stem}.py")
        if name.partition(".")[0] not in sys.stdlib_module_names | own
    ]
    assert strangers == []


def test_within_our_folders_imports_of_ours_are_relative() -> None:
    absolute = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in modules(*ROOMS)
        for node in ast.walk(parsed(file))
        if (isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").partition(".")[0] == "redraft")
        or (isinstance(node, ast.Import) and any(alias.name.partition(".")[0] == "redraft" for alias in node.names))
    ]
    assert absolute == []


def test_no_module_reads_the_environment_or_the_disk_when_it_is_imported() -> None:
    readers = ("os.environ", "os.getenv", ".read_text(", ".read_bytes(", ".mkdir(", "open(", "Path.home(", "Path.cwd(")
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for file in modules(*ROOMS)
        for node in at_import(parsed(file))
        if isinstance(node, ast.Call | ast.Subscript | ast.Attribute)
        and not is_main(file)
        and any(ast.unparse(node).startswith(reader) or f"{reader}" in ast.unparse(node) for reader in readers)
    ]
    assert found == []


def is_main(file: Path) -> bool:
    """Whether the file is a program of its own, whose imports are its start."""
    return file.stem in {"__main__", "child"}


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Top-level packages that are loaded after this program ran."""
    tell = "import sys; print('\\n' + ' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}", *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


def test_settings_load_nothing_but_the_standard_library_and_msgspec() -> None:
    bare = loaded_by("import msgspec")
    extra = loaded_by("import redraft.engine.settings") - bare - set(sys.stdlib_module_names)
    assert extra == {"redraft"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["config", "show", "--json"], ["prompts"], ["no-such-command"]]
)
def test_the_command_line_loads_no_screen_and_no_client(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        f"os.environ['REDRAFT_HOME'] = {str(tmp_path)!r}\n"
        "from redraft.app.cli.main import main\n"
        f"sys.argv[1:] = {arguments!r}\n"
        "try: main()\n"
        "except SystemExit: pass\n"
    )
    assert loaded_by(code) & {"textual", "rich", *SLOW} == set()


PARSING = "engine/python/parsing.py"
"""The one module that asks Python's own parser: it sees to it that threads do not disturb one another there."""
ASKS_THE_PARSER = {"ast.parse", "compile", "builtins.compile", "symtable.symtable", "warnings.catch_warnings"}


def test_only_one_module_asks_pythons_own_parser() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}"
        for file in modules(*ROOMS)
        if not file.is_relative_to(SANDBOXED) and str(file.relative_to(ROOT)) != PARSING
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKS_THE_PARSER
    ]
    assert found == []
