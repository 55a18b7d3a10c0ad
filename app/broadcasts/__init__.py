"""In: an audience, a text, a time. Out: one honest end state for each recipient.
Forecasts before, paces during, reports after.
Never: delay a reply, write to somebody who said stop, or start over.
"""
