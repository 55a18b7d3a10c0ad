"""In: who did what to whom, from the rooms that did it, inside their transaction.
Out: the trail, page by page; append-only, each line hashed over the one before.
Never: hold the personal data itself, or forget a line.
"""
