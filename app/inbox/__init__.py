"""In: webhook bodies whose signature was right.
Out: each event once, in the order it came for its contact, until it is settled.
Never: an event dropped; what cannot be read is kept, visible, and set aside.
"""
