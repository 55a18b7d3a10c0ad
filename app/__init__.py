"""In: what Zalo, staff and time tell us. Out: answers to people on Zalo, and an honest record of them.
Rooms stand on floors; imports point down only (see the contracts in pyproject.toml).
Never: a message that was answered with 200 and then lost.
"""
