"""Invented details of what people send, in the shape that Zalo reports them."""

import hashlib
import secrets

from app.sandbox.thread import Kind

Payload = dict[str, object]

NHA_TRANG = {"latitude": "12.2387911", "longitude": "109.1967488"}


def made_up(kind: Kind, name: str, content: bytes | None) -> Payload:
    """The attachment's `payload`; addresses are under Zalo's media host and lead nowhere."""
    mark = secrets.token_hex(6)
    photo = f"photo.talk.zdn.vn/5463172885437000000/{mark}"
    match kind:
        case Kind.IMAGE:
            return {"thumbnail": f"http://t.f6.{photo}.jpg", "url": f"http://f6.{photo}.jpg"}
        case Kind.GIF:
            return {"thumbnail": f"http://t.f6.{photo}.gif", "url": f"http://f6.{photo}.gif"}
        case Kind.STICKER:
            sticker = "bfe458bf64fa8da4d4eb"
            return {"id": sticker, "url": f"https://api.zaloapp.com/api/emoticon/sticker/webpc?eid={sticker}"}
        case Kind.FILE:
            return _file(name or "tai-lieu.pdf", content or b"%PDF-1.4 (vi du)", mark)
        case Kind.LOCATION:
            return {"coordinates": dict(NHA_TRANG)}
        case Kind.AUDIO:
            return {"url": f"http://f6.voice.talk.zdn.vn/a/{mark}.amr"}
        case Kind.VIDEO:
            video = f"video.talk.zdn.vn/v/{mark}"
            return {
                "thumbnail": f"http://t.f6.{video}.jpg",
                "description": "",
                "url": f"http://f6.{video}.mp4",
            }
        case Kind.LINK:
            return {"thumbnail": "", "description": "", "url": "https://example.com/"}
        case Kind.BUSINESS_CARD:
            card = '{"phone": "84912345678", "qrCodeUrl": "https://qr-talk.zdn.vn/4/0a.jpg"}'
            url = f"https://zaloapp.com/qr/p/{mark}"
            return {"thumbnail": "https://s120-ava-talk.zadn.vn/default", "description": card, "url": url}
        case Kind.TEXT | Kind.INFO | Kind.CARD:
            return {}


def _file(name: str, content: bytes, mark: str) -> Payload:
    ending = name.rpartition(".")[2].lower()
    return {
        "size": str(len(content)),
        "name": name,
        "checksum": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "type": ending,
        "url": f"http://f6.file.talk.zdn.vn/f/{mark}.{ending}",
    }
