"""What to call a device in the list of sessions: "Chrome trên Windows"."""

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """From what the browser says of itself; the first sign that fits, for they all claim to be each other."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "Trình duyệt khác")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return f"{browser} trên {system}" if system else browser
