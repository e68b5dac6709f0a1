"""The work: facts, events, models, sandbox, pipelines. Knows no screen."""
