"""In: the files under flows/, as staff and reviewers write them.
Out: a checked library for the engine; findings with file, line and remedy; their JSON Schema.
Never: a Vietnamese sentence of its own, a flow that starts with an error in it.
"""
