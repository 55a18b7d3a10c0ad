"""In: wake-ups ("this contact has something new", "this timer is due at …").
Out: claims, each held by one living runner at a time, fenced by a generation number.
Never: what the work is about; that is the business of the ledgers above.
"""
