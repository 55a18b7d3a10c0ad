"""In: events of one contact, in order.
Out: in one commit the session they leave behind and the replies they earn.
Never: a call to Zalo inside a transaction; a decision that belongs to a flow.
"""
