"""`redraft bench SUITE`: pipelines and models on a benchmark, and the papers' tables of what came out."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from ...engine.bench.court import court_of
from ...engine.bench.harness import Contender, Harness, Solve, solved
from ...engine.bench.ledger import Ledger
from ...engine.bench.lines import Header, Line
from ...engine.bench.reviewers import MODES, load_specimens
from ...engine.bench.suites.datasets import ids_in, load_suite
from ...engine.bench.suites.problems import Suite
from ...engine.bench.suites.releases import Shelf
from ...engine.errors import RedraftError, UsageError
from ...engine.kit import Kit
from ...engine.pipelines.catalogue import Pipeline, pipeline
from ...engine.system.version import VERSION
from ..cli.bench_progress import Meter, two_interrupts
from ..cli.bench_results import print_results, print_tables
from ..cli.bench_show import show_results
from ..cli.fetching import ensure_models
from ..common.faults import EXIT_CODE, keep
from ..common.output import say
from ..common.session import Session, open_kit, session

DEFAULT_PIPELINES = "raw-coder,plan-then-code,review-then-fix,review-with-evidence"
FEW, MANY = 2, 8
"""Problems at once: with the embedded model, which answers one at a time, and with servers."""
INTERRUPTED = 130


async def run(args: argparse.Namespace) -> int:
    """0 done, 3 it could not go on (the same command resumes it), 70 redraft failed at a problem, 130 interrupted."""
    here = session(_for_model(args, ""))
    shelf = Shelf(here.places.cache / "bench", Path(args.data) if args.data else None)
    if args.suite == "tables":
        return print_tables(args, shelf)
    if args.suite == "show":
        return await show_results(args, here)
    suite = _suite(args, shelf)
    if not suite.problems:
        raise UsageError(f"{suite.name}: no problems are left to run; see --ids, --limit and --quick")
    with Ledger(_out(args, here, suite), _header(args, suite)) as ledger:
        if ledger.mended:
            say(f"{ledger.path}: the last line was cut short by a kill and is run again")
        async with AsyncExitStack() as stack:
            contenders = await _contenders(args, stack)
            workers, solve = await _solver(args, here, contenders, stack)
            lines, stopped = await _driven(args, ledger, solve, workers, contenders, suite)
        print_results(args, suite, lines, ledger.path)
        _tell_others(ledger, lines)
    if stopped:
        return INTERRUPTED
    return EXIT_CODE if any(line.status == "fault" for line in lines) else 0


def _tell_others(ledger: Ledger, lines: Sequence[Line]) -> None:
    """Say what else the file holds, for the table is of this command alone."""
    here = {line.pipeline for line in lines}
    others = dict.fromkeys(line.pipeline for line in ledger.lines if line.pipeline not in here)
    if others and here:
        say(f"{ledger.path} holds {', '.join(others)} too; `redraft bench tables {ledger.path}` compares them all")


def _suite(args: argparse.Namespace, shelf: Shelf) -> Suite:
    ids = ids_in(args.ids) if args.ids else ()
    mend = not args.no_patches
    if args.suite != "reviewers":
        return load_suite(args.suite, shelf, mend=mend, quick=args.quick, ids=ids, limit=args.limit)
    suite = load_specimens(args.on, shelf, mend=mend)
    wanted = [
        problem
        for problem in suite.problems
        if not ids or problem.id in ids or problem.id.partition(":")[0].rpartition("/")[2] in ids
    ]
    # Every problem comes twice, right and buggy.
    return replace(suite, problems=tuple(wanted if args.limit is None else wanted[: 2 * args.limit]))


def _out(args: argparse.Namespace, here: Session, suite: Suite) -> Path:
    if args.out:
        return Path(args.out)
    options = "".join(f"-{option}" for option in _options(args))
    return here.places.state / "bench" / f"{suite.name.replace(':', '-')}{options}.jsonl"


def _options(args: argparse.Namespace) -> tuple[str, ...]:
    return tuple(name for name, given in (("quick", args.quick), ("unpatched", args.no_patches)) if given)


def _header(args: argparse.Namespace, suite: Suite) -> Header:
    import os
    import platform

    return Header(
        suite=suite.name,
        versions=suite.versions,
        options=_options(args),
        began_at=datetime.now(UTC).isoformat(timespec="seconds"),
        redraft=VERSION,
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, "
        f"Python {platform.python_version()}",
        problems=len(suite.problems),
        contenders=len(_pipelines(args)) * len(_named(args.models or "")) * len(_seeds(args)),
    )


def _pipelines(args: argparse.Namespace) -> tuple[Pipeline, ...]:
    if args.suite == "reviewers":
        known = {mode.name.removeprefix("reviewer-"): mode for mode in MODES}
        wanted = _named(args.pipelines or ",".join(known))
        if unknown := [name for name in wanted if name not in known]:
            raise UsageError(f"a reviewer works {' or '.join(known)}, not {unknown[0]!r}")
        return tuple(known[name] for name in wanted)
    return tuple(pipeline(name) for name in _named(args.pipelines or DEFAULT_PIPELINES))


def _named(text: str) -> tuple[str, ...]:
    """Words between commas, each once."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",")))


def _seeds(args: argparse.Namespace) -> tuple[int, ...]:
    try:
        return tuple(dict.fromkeys(int(word) for word in args.seeds.split(",")))
    except ValueError:
        raise UsageError(f"--seeds {args.seeds!r}: write whole numbers with commas between them") from None


def _for_model(args: argparse.Namespace, model: str) -> argparse.Namespace:
    """The arguments of one model's session."""
    return argparse.Namespace(**{**vars(args), "model": model or None, "pipeline": None})


async def _contenders(args: argparse.Namespace, stack: AsyncExitStack) -> tuple[Contender, ...]:
    """Every pipeline with every model and seed; pipelines outside, so that a short run compares few things well."""
    pipelines, seeds = _pipelines(args), _seeds(args)
    kits = [await stack.enter_async_context(_opened(_for_model(args, model))) for model in _named(args.models or "")]
    return tuple(Contender(pipeline=one, kit=kit, seed=seed) for one in pipelines for kit in kits for seed in seeds)


@asynccontextmanager
async def _opened(args: argparse.Namespace) -> AsyncIterator[Kit]:
    here = session(args)
    await ensure_models([here.settings], here.environ)
    async with open_kit(here) as kit:
        yield kit


async def _solver(
    args: argparse.Namespace, here: Session, contenders: Sequence[Contender], stack: AsyncExitStack
) -> tuple[int, Solve]:
    """How many problems run at once, and what runs one."""
    logs = Path(args.logs) if args.logs else None
    asked = args.workers or ""
    if asked.startswith("ray"):
        from ...engine.bench.spread import spread

        settings = [session(_for_model(args, model)).settings for model in _named(args.models or "")]
        return await stack.enter_async_context(spread(asked, settings, contenders, logs))
    embedded = any(here.settings.role(role).embedded for one in contenders for role in one.pipeline.roles)
    if asked and not (asked.isdigit() and int(asked)):
        raise UsageError(f"--workers {asked!r}: write a number from 1 on, or ray://ADDRESS")
    workers = int(asked) if asked else FEW if embedded else MANY
    court = court_of(contenders[0].kit.sandbox, here.places.cache / "bench" / "measured")
    return workers, partial(solved, judge=court, logs=logs, tell=partial(keep, places=here.places))


async def _driven(
    args: argparse.Namespace,
    ledger: Ledger,
    solve: Solve,
    workers: int,
    contenders: Sequence[Contender],
    suite: Suite,
) -> tuple[tuple[Line, ...], bool]:
    """The lines, and whether the user stopped the run. What was done is shown before an error goes on."""
    meter = Meter(live=not args.plain and not args.json)
    harness = Harness(ledger, solve, workers=workers, progress=meter.show)
    say(f"{suite.name}: {len(suite.problems)} problems × {len(contenders)}; results go to {ledger.path}")
    async with two_interrupts(harness.stop):
        running = asyncio.ensure_future(harness.run(contenders, suite.problems))
        try:
            lines = await running
        except RedraftError:
            meter.done()
            print_results(args, suite, ledger.lines, ledger.path)
            raise
    meter.done()
    return lines, harness.stopped
