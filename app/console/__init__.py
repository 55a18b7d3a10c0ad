"""In: requests of staff in a browser. Out: pages in Vietnamese, each for the roles declared with its address.
Works without JavaScript.
Never: hold SQL or a decision; those are the rooms below.
"""
