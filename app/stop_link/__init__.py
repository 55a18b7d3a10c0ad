"""In: somebody who pressed the link under a letter of ours. Out: no further letters to that address.
A mail program may do it in their name with one POST (RFC 8058).
Never: stop anything on a mere GET, which scanners of letters send too; say whose address it is.
"""
