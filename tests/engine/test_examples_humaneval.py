"""The table of how many examples HumanEval's prompts give, and how many right solutions they call wrong."""

import ast
import gzip
import json
import subprocess
import sys

import pytest
from redraft.engine.examples import extract, judge
from redraft.engine.facts import Outcome

RUN = """
import contextlib, io, json, sys
def run(source, names):
    out, values = io.StringIO(), []
    def show(value):
        values.append(value)
        if value is not None:
            print(repr(value))
    sys.displayhook = show
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(source + "\\n", "<example>", "single"), names)
    except Exception as problem:
        return ["raised", "", None, "", f"{type(problem).__name__}: {problem}"]
    value = values[-1] if values else None
    return ["returned", out.getvalue(), None if value is None else repr(value), "builtins." + type(value).__name__, ""]
results = []
for program, sources in json.load(sys.stdin):
    names = {}
    exec(program, names)
    results.append([run(source, names) for source in sources])
json.dump(results, sys.stdout)
"""


@pytest.fixture(scope="module")
def table(shared):
    """(problem, examples, checks of the canonical solution) for each of the 164 problems."""
    with gzip.open(shared / "data" / "HumanEvalPlus-OriginFmt.jsonl.gz", "rt") as lines:
        problems = [json.loads(line) for line in lines]
    found, jobs = [], []
    for problem in problems:
        program = problem["prompt"] + problem["canonical_solution"]
        function = [n for n in ast.parse(program).body if getattr(n, "name", "") == problem["entry_point"]][-1]
        examples = extract(ast.get_docstring(function, clean=False) or "", problem["entry_point"])
        found.append((problem["task_id"], examples))
        jobs.append((program, [example.source for example in examples]))
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", RUN], input=json.dumps(jobs), capture_output=True, text=True
    )
    outcomes = [
        [Outcome(status=s, printed=p, value=v, type_name=t, raised=r) for s, p, v, t, r in results]
        for results in json.loads(done.stdout)
    ]
    return [
        (name, examples, [judge(e, o) for e, o in zip(examples, out, strict=True)])
        for (name, examples), out in zip(found, outcomes, strict=True)
    ]


def test_at_least_139_of_164_problems_give_402_examples(table):
    problems, examples = sum(bool(found) for _, found, _ in table), sum(len(found) for _, found, _ in table)
    assert (problems, examples) == (141, 407)


def test_right_solutions_fail_only_where_the_prompt_itself_is_wrong(table):
    failed = {name for name, _, checks in table if not all(check.passed for check in checks)}
    # 47, 116 and 148 are known wrong; 130 writes a recurrence in the notation of a call.
    assert failed == {"HumanEval/47", "HumanEval/116", "HumanEval/130", "HumanEval/148"}
