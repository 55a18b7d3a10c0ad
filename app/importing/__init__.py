"""In: a workbook that staff dropped and what they decide about it. Out: a dry run, then all of it or nothing.
Remembers columns, waits for the second person, undoes for seven days.
Never: save a row that nobody accepted.
"""
