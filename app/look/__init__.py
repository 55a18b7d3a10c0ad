"""In: plain values to show (messages, names, dates) and the static files of the design.
Out: one look for every page: tokens, components, icons, Vietnamese formats, the one Zalo bubble.
Never: what a page is about, a database, or a route.
"""
