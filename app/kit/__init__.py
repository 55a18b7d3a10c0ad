"""In: plain values. Out: clock, ids, database transactions, Vietnamese text, encryption, redacted logs.
Every room may stand on these tools; they know nothing about Zalo, liaisons or flows.
Never: business decisions, words that a contact reads, imports from any other room.
"""
