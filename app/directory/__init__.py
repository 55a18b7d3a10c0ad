"""In: what the office knows of offices, officers and employers; what liaisons say of themselves.
Out: who is in charge of whom, who may be told what, and what each contact agreed to.
Never: a liaison's phone or e-mail in clear at rest; a pending liaison taken for a verified one.
"""
