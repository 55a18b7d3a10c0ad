"""In: names, passwords and codes of people who work here. Out: sessions, and who may do what.
Five roles, decided in one place.
Never: know of pages or of HTTP; say which of name or password was wrong.
"""
