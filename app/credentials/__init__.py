"""In: the token pair that an administrator's consent or the first start brought.
Out: an access token that Zalo accepts, renewed early, by one process at a time.
Never: a token in clear at rest, in a log, or used before it is written down.
"""
