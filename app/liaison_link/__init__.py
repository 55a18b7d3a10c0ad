"""In: a liaison who opened the link of their unit. Out: masked rows of the list, and the marks they set.
Opens with a code sent to the same Zalo account.
Never: tell a guesser apart from a late comer; leave a view unlogged.
"""
