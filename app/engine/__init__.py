"""In: the flows, where a contact stands in them, what the contact did, and the time.
Out: where the contact stands now, and the effects: what to say, which act to run.
Never: a database, a network, a clock, a file, a log; an exception for anything a person can type.
"""
