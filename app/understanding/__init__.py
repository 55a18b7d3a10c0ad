"""In: a message as somebody typed it; the intents under flows/intents/.
Out: the place in the flows that it asks for, two or three places to choose from, or nothing.
Never: a network, a downloaded model, a wrong answer with a straight face where a question would do.
"""
