"""In: lists of workers who have no VssID yet, and the marks that liaisons set. Out: progress per unit.
Keeps a name, a masked number and a keyed hash, no more.
Never: send a list through a chat; show a name to a liaison whom nobody verified.
"""
