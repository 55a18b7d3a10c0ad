"""In: bytes that Zalo sends, values that we want sent.
Out: typed events, requests inside Zalo's limits, and few typed errors.
Never: a database, a decision about whom to write to, or a token kept.
"""
