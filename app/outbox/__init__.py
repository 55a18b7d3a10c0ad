"""In: messages owed to contacts, each with its cause, so that none is owed twice.
Out: their way to Zalo and one honest end state: sent, failed with a code, skipped with a reason, or unknown.
Never: a blind resend of a message whose answer was lost; the words of a message.
"""
