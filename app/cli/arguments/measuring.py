"""What the commands take that serve models on GPUs and run benchmarks."""

from __future__ import annotations

from argparse import ArgumentParser

from .shared import PIPELINES, Commands, output, settings

MEASURING = Commands()


@MEASURING.add("serve", "serve models with vLLM on this machine's GPUs, for every role")
def _serve(parser: ArgumentParser) -> None:
    parser.add_argument(
        "lineup",
        nargs="*",
        metavar="PRESET | ROLE=MODEL",
        help="review-beats-planning (the default), pat-4b, pat-8b, pat-14b, pat-32b "
        "(Qwen3-32B plans), pat-4b-alone, pat-8b-alone, pat-14b-alone, pat-llama-8b, pat-deepseek-lite; "
        "or coder=MODEL reviewer=MODEL …, alone or to change a preset",
    )
    parser.add_argument("--print", dest="show", action="store_true", help="show the exact commands and start nothing")
    parser.add_argument(
        "--assume", metavar="NxGB", help="with --print: as on a machine with such cards, 2x24GB or 1x80GB,2x24GB"
    )
    parser.add_argument("--gpus", metavar="N,N", help="only these, as nvidia-smi numbers them")
    parser.add_argument("--cpu", action="store_true", help="on the processor (vLLM's CPU build; small models only)")
    parser.add_argument("--context", type=int, metavar="TOKENS", help="of prompt and answer (default: up to 16384)")
    parser.add_argument(
        "--replicas", action="append", default=[], metavar="ROLE=N", help="so many servers of that role's model"
    )
    parser.add_argument("--port", type=int, metavar="N", help="the first port (default: any that are free)")
    parser.add_argument("--weights-gb", action="append", default=[], metavar="MODEL=GB", help="where we cannot tell")
    parser.add_argument("--wait", type=float, default=30.0, metavar="MINUTES", help="for a server to be ready")
    output(parser)


@MEASURING.add("bench", "run a benchmark, browse its results, or make the papers' tables", below=PIPELINES)
def _bench(parser: ArgumentParser) -> None:
    parser.add_argument(
        "suite",
        metavar="SUITE | reviewers | tables | show",
        help="humaneval, humaneval+, mbpp, mbpp+, mbpp-175, quixbugs, xcodeeval; or the reviewers' benchmark",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="results: bench tables FILE …, bench show FILE")
    _compared(parser)
    _problems(parser)
    parser.add_argument("--workers", metavar="N | ray[://…]", help="so many problems at once, or on a Ray cluster")
    parser.add_argument("--out", metavar="FILE", help="results, line by line; an interrupted run goes on from it")
    parser.add_argument("--logs", metavar="DIR", help="keep every run's log here, for `bench show` and `replay`")
    parser.add_argument("--on", choices=["quixbugs", "humanevalfix"], default="quixbugs", help="bodies for reviewers")
    _table(parser)
    settings(parser)
    output(parser)


def _compared(parser: ArgumentParser) -> None:
    """What is run on every problem."""
    parser.add_argument("--pipeline", "-p", dest="pipelines", metavar="A,B", help="patterns to compare")
    parser.add_argument("--model", "-m", dest="models", metavar="A,B", help="the coder's model; several are compared")
    parser.add_argument("--base-url", metavar="URL", help="an OpenAI-compatible server, or `embedded`")
    parser.add_argument(
        "--mode", choices=["paper", "evidence"], help="what is sent: as the papers do, or what we found"
    )
    parser.add_argument("--seeds", default="0", metavar="N,N", help="one run of everything for each seed (default: 0)")


def _problems(parser: ArgumentParser) -> None:
    """Which problems, and what of them."""
    parser.add_argument("--data", metavar="DIR", help="folder of the benchmark files (default: fetched once, verified)")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N problems")
    parser.add_argument("--ids", metavar="ID,N-N", help="only these problems")
    parser.add_argument("--quick", action="store_true", help="without what needs 2.2 GB or 16 s; fewer inputs")
    parser.add_argument("--no-patches", action="store_true", help="with the known mistakes of the published prompts")


def _table(parser: ArgumentParser) -> None:
    """Which table of the results, and how it is written."""
    parser.add_argument("--table", metavar="NAME", help="scoreboard (the default), A2 to A4, or B1 to B6")
    parser.add_argument(
        "--published", action="store_true", help="what the paper prints in that table, below ours and apart"
    )
    parser.add_argument("--svg", metavar="DIR", help="write the cost plane and the bars here")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--markdown", action="store_true", help="the table in Markdown")
    shape.add_argument("--csv", action="store_true", help="the table as CSV")
