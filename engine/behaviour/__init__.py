"""What candidates do when they are called: inputs, outcomes made comparable, groups that do the same, and questions.

Nothing here asks a model, and nothing runs outside the sandbox. What is random is drawn from a seed.
"""
