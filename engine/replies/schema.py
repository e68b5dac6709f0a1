"""The shape of a review as JSON: the evidence first, the verdict last (a verdict written first is a guess)."""

from __future__ import annotations

FINDINGS = 10
"""Findings that are kept of one report."""
_PARTS = {"quote": 120, "call": 120, "comes_out": 80, "should_be": 80, "claim": 200}


def _schema(*, capped: bool, failed: bool = False) -> dict[str, object]:
    finding: dict[str, object] = {
        "type": "object",
        "properties": {
            name: {"type": "string", "maxLength": most} if capped else {"type": "string"}
            for name, most in _PARTS.items()
        },
        "required": list(_PARTS),
        "additionalProperties": False,
    }
    findings: dict[str, object] = {"type": "array", "items": finding}
    if capped:
        findings["maxItems"] = 3
    if failed:
        findings["minItems"] = 1
    verdicts = ["bugs"] if failed else ["bugs", "clean"]
    return {
        "type": "object",
        "properties": {"findings": findings, "verdict": {"type": "string", "enum": verdicts}},
        "required": ["findings", "verdict"],
        "additionalProperties": False,
    }


REVIEW_SCHEMA = _schema(capped=True)
"""With caps, because a small model fills what it may fill."""
REVIEW_SCHEMA_FAILED = _schema(capped=True, failed=True)
"""For a draft that fails an example: there is a bug, and a small model would rather say that there is none."""
REVIEW_SCHEMA_STRICT = _schema(capped=False)
"""Without the caps that OpenAI's strict mode refuses."""
