"""Zalo's OA API and template API: build the request, make the call once, read the answer."""

from typing import Any

import httpx
import orjson

from app.kit.ids import UserId
from app.zalo.answers import (
    Allowance,
    Body,
    ListedTemplate,
    OaProfile,
    PastMessage,
    Quota,
    ReplyQuota,
    SentMessage,
    TemplateDetail,
    UserDetail,
    accepted,
    allowances,
    listed_templates,
    oa_profile,
    past_messages,
    reply_quota,
    sent_message,
    template_allowance,
    template_detail,
    uploaded,
    user_detail,
)
from app.zalo.errors import Family
from app.zalo.messages import Message
from app.zalo.template import Template
from app.zalo.transport import exchange, post_json
from app.zalo.uploads import Upload, UploadKind

__all__ = ["OaProfile", "PastMessage", "Quota", "ReplyQuota", "SentMessage", "UserDetail", "ZaloClient"]

MOST_LISTED = 10
"""Messages or chats that Zalo lists in one call."""
MOST_TEMPLATES = 100


class ZaloClient:
    """Calls Zalo; every method raises the errors of `errors.py` and none makes a call twice.

    The token travels with each call, because it may be renewed between two of them.
    """

    def __init__(self, http: httpx.AsyncClient, api_url: str, zbs_url: str) -> None:
        self._http = http
        self._api = api_url.rstrip("/")
        self._zbs = zbs_url.rstrip("/")
        self._send_url = self._api + "/v3.0/oa/message/cs"

    async def send(self, token: str, user_id: UserId, message: Message) -> SentMessage:
        """Sends a consultation message to someone who wrote to the OA within the last days."""
        body = {"recipient": {"user_id": user_id}, "message": message.body()}
        return sent_message(await self._post(self._send_url, token, body, Family.OA))

    async def send_template(self, token: str, user_id: UserId, template: Template) -> SentMessage:
        """Sends an approved template to a person known by user id."""
        url = self._api + "/v3.0/oa/message/template"
        return sent_message(await self._post(url, token, template.body_for_user(user_id), Family.OA))

    async def send_template_to_phone(
        self, token: str, phone: str, template: Template, tracking_id: str
    ) -> SentMessage:
        """Sends an approved template to whoever has Zalo on this phone number."""
        url = self._zbs + "/message/template"
        body = template.body_for_phone(phone, tracking_id)
        return sent_message(await self._post(url, token, body, Family.ZBS))

    async def upload_image(self, token: str, name: str, content: bytes) -> str:
        """Uploads a picture; returns its attachment id. Raises `BadUpload`."""
        return await self._upload(token, Upload(UploadKind.IMAGE, name, content))

    async def upload_gif(self, token: str, name: str, content: bytes) -> str:
        """Uploads a moving picture; returns its attachment id. Raises `BadUpload`."""
        return await self._upload(token, Upload(UploadKind.GIF, name, content))

    async def upload_file(self, token: str, name: str, content: bytes) -> str:
        """Uploads a document; returns its token. Raises `BadUpload`."""
        return await self._upload(token, Upload(UploadKind.FILE, name, content))

    async def user_detail(self, token: str, user_id: UserId) -> UserDetail:
        """What Zalo shows the OA about one person."""
        return user_detail(await self._get("/v3.0/oa/user/detail", token, {"user_id": user_id}))

    async def reply_quota(self, token: str, user_id: UserId) -> ReplyQuota:
        """When the person last wrote, by Zalo's clock, and what may still be sent."""
        url = self._api + "/v3.0/oa/quota/message"
        return reply_quota(await self._post(url, token, {"user_id": user_id}, Family.OA))

    async def allowances(self, token: str, kind: str) -> list[Allowance]:
        """What is left of the OA's consultation messages beyond the free ones; `kind` as in `Quota`."""
        asked = {"quota_owner": "OA", "product_type": "cs", "quota_type": kind}
        return allowances(await self._post(self._api + "/v3.0/oa/quota/message", token, asked, Family.OA))

    async def template_allowance(self, token: str) -> Allowance:
        """How many approved templates may still be sent today."""
        return template_allowance(await self._get_zbs("/message/quota", token, None))

    async def templates(self, token: str, offset: int = 0) -> list[ListedTemplate]:
        """The OA's approved templates, at most a hundred a call."""
        asked = {"offset": offset, "limit": MOST_TEMPLATES, "status": 1}
        return listed_templates(await self._get_zbs("/template/all", token, asked))

    async def template_detail(self, token: str, template_id: str) -> TemplateDetail:
        """What a template asks for and costs."""
        return template_detail(await self._get_zbs("/template/info/v2", token, {"template_id": template_id}))

    async def conversation(
        self, token: str, user_id: UserId, offset: int = 0, count: int = MOST_LISTED
    ) -> list[PastMessage]:
        """The messages of one chat, newest first, at most ten a call."""
        asked = {"user_id": user_id, "offset": offset, "count": count}
        return past_messages(await self._get("/v2.0/oa/conversation", token, asked))

    async def recent_chats(self, token: str, offset: int = 0, count: int = MOST_LISTED) -> list[PastMessage]:
        """The last message of each chat, newest first, at most ten a call."""
        return past_messages(
            await self._get("/v2.0/oa/listrecentchat", token, {"offset": offset, "count": count})
        )

    async def get_oa(self, token: str) -> OaProfile:
        """The account that the token belongs to; a cheap proof that the token works."""
        return oa_profile(await self._get("/v2.0/oa/getoa", token, None))

    async def _post(self, url: str, token: str, body: dict[str, Any], family: Family) -> Body:
        headers = {"access_token": token}
        return accepted(await post_json(self._http, url, headers, orjson.dumps(body)), family)

    async def _get(self, path: str, token: str, asked: dict[str, Any] | None) -> Body:
        """Zalo's GET calls take their arguments as one query parameter that holds JSON."""
        params = None if asked is None else {"data": orjson.dumps(asked).decode()}
        request = self._http.build_request(
            "GET", self._api + path, params=params, headers={"access_token": token}
        )
        return accepted(await exchange(self._http, request), Family.OA)

    async def _get_zbs(self, path: str, token: str, asked: dict[str, Any] | None) -> Body:
        """The host of templates takes ordinary query parameters."""
        request = self._http.build_request(
            "GET", self._zbs + path, params=asked, headers={"access_token": token}
        )
        return accepted(await exchange(self._http, request), Family.ZBS)

    async def _upload(self, token: str, upload: Upload) -> str:
        request = self._http.build_request(
            "POST",
            f"{self._api}/v2.0/oa/upload/{upload.kind}",
            files={"file": (upload.name, upload.content, upload.media_type)},
            headers={"access_token": token},
        )
        request.read()  # whole, with its length: chunked uploads are not documented
        return uploaded(accepted(await exchange(self._http, request), Family.OA))
