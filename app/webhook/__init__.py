"""In: HTTP requests that claim to come from Zalo. Out: 200 once the event is durably written down.
Proves the signature over the raw bytes and masks what nobody should have typed.
Never: work on the event itself; that is the runner's business.
"""
