"""The lanes of a race for which none were named; read by the command line, so nothing is imported here."""

USUAL_RACE = "raw-coder,plan-then-code,review-then-fix,review-with-evidence"
