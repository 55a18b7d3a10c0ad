"""In: a bot's calls as if to Zalo, and what pretend people do on a phone or through the control API.
Out: Zalo's answers and codes, signed webhooks with echoes, receipts and retries, a log of both.
Never: a line shared with our own Zalo client, or a byte sent anywhere but to the bot's webhook.
"""
