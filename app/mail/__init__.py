"""In: one written message and an address. Out: an e-mail handed to the SMTP server, or a typed refusal.
Speaks SMTP as `zalo` speaks Zalo.
Never: decide who is written to; keep anything.
"""
