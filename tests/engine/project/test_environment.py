"""Which interpreter runs a project, and that nothing that came with a project is started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from redraft.engine.errors import SandboxError
from redraft.engine.project import choose_environment, linked_folders, locate

REAL = Path(sys.executable).resolve()


def environment(folder: Path, *, target: Path | str = REAL, **settings: str) -> Path:
    """A folder that looks like a virtual environment; gives its interpreter's place."""
    (folder / "bin").mkdir(parents=True)
    text = "".join(
        f"{name.replace('_', '-')} = {value}\n" for name, value in {"home": str(REAL.parent), **settings}.items()
    )
    (folder / "pyvenv.cfg").write_text(text)
    (folder / "bin" / "python").symlink_to(target)
    return folder / "bin" / "python"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "clones" / "project"
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    return folder


def chosen(project: Path, setting: str | None = None, **environ: str) -> tuple[str, str]:
    found = choose_environment(setting, locate(str(project / "draft.py")), environ)
    return found.python, found.executable


def test_the_interpreter_is_the_setting_then_the_shells_then_the_projects_then_ours(
    project: Path, tmp_path: Path
) -> None:
    assert chosen(project)[1] in {"", sys.executable}
    own = environment(project / ".venv")
    assert chosen(project) == (str(REAL), str(own))
    active = environment(tmp_path / "active")
    assert chosen(project, VIRTUAL_ENV=str(tmp_path / "active")) == (str(REAL), str(active))
    assert chosen(project, str(own), VIRTUAL_ENV=str(tmp_path / "active")) == (str(REAL), str(own))
    assert chosen(project, str(own.parent.parent)) == (str(REAL), str(own))


@pytest.mark.parametrize("name", [".venv", "venv", "env"])
def test_an_environment_is_found_beside_the_project_and_above_it_in_its_repository(project: Path, name: str) -> None:
    (project.parent / ".git").mkdir()
    own = environment(project.parent / name)
    assert chosen(project) == (str(REAL), str(own))


def test_an_environment_above_the_repository_is_somebody_elses(project: Path) -> None:
    (project / ".git").mkdir()
    environment(project.parent / ".venv")
    assert chosen(project)[1] in {"", sys.executable}


def test_a_file_that_is_installed_runs_in_the_environment_it_is_installed_in(project: Path) -> None:
    own = environment(project / ".venv")
    packages = project / ".venv" / "lib" / "python3.11" / "site-packages" / "shop"
    packages.mkdir(parents=True)
    found = choose_environment(None, locate(str(packages / "pricing.py")), {})
    assert found.executable == str(own)


def script(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\ntouch /tmp/redraft-was-started\n")
    path.chmod(0o755)
    return path


HOSTILE = {
    "a script in place of the interpreter": lambda p: script(p / ".venv" / "bin" / "python"),
    "a link to a script in the clone": lambda p: _linked(p, script(p / "tools" / "python3.11")),
    "a link to a script beside the project": lambda p: _linked(p, script(p.parent / "tools" / "python3.11")),
    "a chain of links": lambda p: _linked(p, _link(p / "tools" / "python", script(p / "tools" / "python3.11"))),
    "a home in the clone": lambda p: _linked(p, script(p / "x"), home=str(script(p / "tools" / "python3").parent)),
    "a base executable in the clone": lambda p: _linked(
        p, script(p / "x"), home="/nowhere", base_executable=str(script(p / "python3"))
    ),
    "a shell": lambda p: _linked(p, Path("/bin/sh"), home="/nowhere"),
    "a home that is relative": lambda p: _linked(p, script(p / "x"), home="tools"),
    "nothing behind the link": lambda p: _linked(p, p / "nowhere", home="/nowhere"),
    "a copy of an interpreter": lambda p: _linked(p, _copy(p / "tools" / "python3.11"), home="/nowhere"),
}


def _link(path: Path, target: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


def _copy(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(REAL.read_bytes()[:4096])
    path.chmod(0o755)
    return path


def _linked(project: Path, target: Path, **settings: str) -> Path:
    return environment(project / ".venv", target=target, **settings)


@pytest.mark.parametrize("trick", HOSTILE)
@pytest.mark.parametrize("active", [False, True])
def test_nothing_that_came_with_a_project_is_started(project: Path, trick: str, active: bool) -> None:
    HOSTILE[trick](project)
    if not (project / ".venv" / "pyvenv.cfg").exists():
        (project / ".venv" / "pyvenv.cfg").touch()
    environ = {"VIRTUAL_ENV": str(project / ".venv")} if active else {}
    try:
        python, _ = chosen(project, **environ)
    except SandboxError as error:
        assert "is not started" in str(error) or "no such interpreter" in str(error)
    else:
        # The settings of the environment name a Python of this machine: that one is started.
        assert python == str(REAL)


def test_a_copied_interpreter_in_an_environment_is_replaced_by_the_one_it_was_copied_from(project: Path) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "pyvenv.cfg").write_text(f"home = {REAL.parent}\nversion = {sys.version.split()[0]}\n")
    copy = _copy(project / ".venv" / "bin" / "python")
    assert chosen(project) == (str(REAL), str(copy))


def test_an_interpreter_that_was_asked_for_must_be_there(project: Path, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="no such interpreter"):
        chosen(project, str(tmp_path / "gone"))
    with pytest.raises(SandboxError, match="VIRTUAL_ENV"):
        chosen(project, VIRTUAL_ENV=str(tmp_path / "gone"))


def _pth(environment: Path, **files: str) -> None:
    packages = environment / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    for name, text in files.items():
        (packages / name.replace("__dot__", ".")).write_text(text)


def test_folders_that_an_environment_links_to_may_be_read(project: Path, tmp_path: Path) -> None:
    other, mapped = tmp_path / "other" / "src", tmp_path / "mapped"
    other.mkdir(parents=True)
    mapped.mkdir()
    environment(tmp_path / "active")
    finder = f"MAPPING: dict[str, str] = {{'shop': '{mapped}'}}\nNAMESPACES: dict[str, list[str]] = {{'acme': ['{other}']}}\n"
    _pth(
        tmp_path / "active",
        a__dot__pth=f"# x\nimport os\n{other}\n/nowhere\n",
        __editable___shop_finder__dot__py=finder,
    )
    location = locate(str(project / "draft.py"))
    chosen = choose_environment(None, location, {"VIRTUAL_ENV": str(tmp_path / "active")})
    assert set(linked_folders(chosen, location)) == {str(other), str(mapped)}


def test_an_environment_that_came_with_a_project_links_to_nothing_outside(project: Path, tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (project / "lib").mkdir()
    environment(project / ".venv")
    _pth(project / ".venv", a__dot__pth=f"{tmp_path / 'private'}\n/\n{project / 'lib'}\n")
    location = locate(str(project / "draft.py"))
    assert linked_folders(choose_environment(None, location, {}), location) == ()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
async def test_the_packages_of_a_projects_own_environment_are_used_and_nothing_of_it_runs_outside(
    project: Path,
) -> None:
    from redraft.engine.sandbox import open_sandbox

    environment(project / ".venv")
    packages = project / ".venv" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True)
    mark = project / "started"
    (packages / "rates.py").write_text("five = 5\n")
    (packages / "a.pth").write_text(f"import os; os.open({str(mark)!r}, os.O_CREAT)\n")
    (packages / "sitecustomize.py").write_text(f"open({str(mark)!r}, 'w')\n")
    sandbox = await open_sandbox()
    try:
        path = str(project / "draft.py")
        steps = ["rates.five", "sys.prefix", "sys.executable"]
        done = await sandbox.run("import rates, sys\n", steps, path=path)
    finally:
        await sandbox.aclose()
    values = [outcome.value for outcome in done.outcomes]
    assert (done.problem, values) == ("", ["5", repr(str(project / ".venv")), repr(str(project / ".venv/bin/python"))])
    assert not os.access(mark, os.F_OK)


POISON = """
import builtins
builtins.loot = []
for path in {paths!r}:
    try:
        builtins.loot.append(open(path).read())
    except OSError:
        pass
try:
    import child_layers
    child_layers.lock_down = lambda *rest: ["rlimits", "privileges", "namespaces", "landlock", "seccomp"]
except ImportError:
    pass
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layers are Linux's")
@pytest.mark.parametrize("tier", ["A", "B"])
async def test_code_of_an_environment_that_came_with_a_project_is_locked_down_like_the_program(
    project: Path, tmp_path: Path, tier: str
) -> None:
    from redraft.engine.sandbox import SandboxChoice, open_sandbox

    environment(project / ".venv")
    secret, own = tmp_path / "secret", project / "draft.py"
    secret.write_text("SECRET")
    own.write_text("SECRET")
    packages = project / ".venv" / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    packages.mkdir(parents=True)
    poison = POISON.format(paths=[str(secret), str(own), "/etc/passwd"])
    (packages / "sitecustomize.py").write_text(poison)
    (packages / "helperlib.py").write_text(poison)
    (packages / "draft.py").write_text("SECRET")
    program = (
        f"import builtins, helperlib, glob\ndef reads(path):\n    return open(path).read()\nSITE = {str(packages)!r}\n"
    )
    try:
        sandbox = await open_sandbox(SandboxChoice(tier=tier))
    except SandboxError as error:
        pytest.skip(f"this machine has no tier {tier}: {error}")
    try:
        for _ in range(3):  # What is imported beforehand is so from the second run on.
            steps = ["builtins.loot", f"reads({str(secret)!r})", f"reads({str(own)!r})", "reads(SITE + '/draft.py')"]
            done = await sandbox.run(program, steps, path=str(own))
            assert (done.problem, done.outcomes[0].value) == ("", "[]")
            assert [outcome.raised.partition(":")[0] for outcome in done.outcomes[1:]] == ["PermissionError"] * 3
    finally:
        await sandbox.aclose()


def test_numbers_without_end_in_settings_keep_nobody_from_their_files(project: Path) -> None:
    (project / "pyproject.toml").write_text("x = " + "1" * 5000 + "\n")
    assert locate(str(project / "tool.py")).name == "tool"
