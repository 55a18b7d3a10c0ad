"""In: a contact who asks for a person.
Out: an open request, in sight until a colleague has answered, and an honest word on when that can be.
Never: two open requests of the same contact; a promise of a minute.
"""
