"""The shape of a review as JSON: the evidence first, the verdict last (a verdict written first is a guess)."""

from __future__ import annotations

FINDINGS = 10
"""Findings that are kept of one report."""
_PARTS = {"quote": 120, "call": 120, "comes_out": 80, "should_be": 80, "claim": 200}


def _schema(*, failed: bool) -> dict[str, object]:
    finding: dict[str, object] = {
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": most} for name, most in _PARTS.items()},
        "required": list(_PARTS),
        "additionalProperties": False,
    }
    findings: dict[str, object] = {"type": "array", "items": finding, "maxItems": 3}
    if failed:
        findings["minItems"] = 1
    verdicts = ["bugs"] if failed else ["bugs", "clean"]
    return {
        "type": "object",
        "properties": {"findings": findings, "verdict": {"type": "string", "enum": verdicts}},
        "required": ["findings", "verdict"],
        "additionalProperties": False,
    }


REVIEW_SCHEMA = _schema(failed=False)
"""With caps, because a small model fills what it may fill."""
REVIEW_SCHEMA_FAILED = _schema(failed=True)
"""For a draft that fails an example: there is a bug, and a small model would rather say that there is none."""
