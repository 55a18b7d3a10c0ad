"""Zalo's refusals: codes with Zalo's own words, spelling included (official error pages, read 2026-11)."""

from typing import Final

RATE_LIMIT: Final = -32
ASSET_EXPIRED: Final = -100
INVALID: Final = -201
TOO_MUCH: Final = -210
QUOTA_GONE: Final = -211
NOT_FOLLOWING: Final = -213
TOKEN_INVALID: Final = -216
TOKEN_EXPIRED: Final = -220
SILENT_7_DAYS: Final = -230
NEVER_INTERACTED: Final = -232
UNSUPPORTED_TYPE: Final = -233
NIGHT: Final = -234
V2_CLOSED: Final = -240
BAD_PROOF: Final = -242
INACTIVE: Final = -227
RESTRICTED: Final = -244
NO_UID_TEMPLATE: Final = -249
NO_MONEY: Final = -321

_OA_WORDS: Final = {
    -32: "Your application reached limit call api",
    -100: "attachment_id was expired",
    -200: "Send message failed",
    -204: "Offical Account is disable",
    -205: "Offical Account is not exist",
    -209: "Not supported this api",
    -210: "Parameter exceeds allowable limit",
    -211: "Out of quota",
    -212: "App has not registed this api",
    -213: "User has not followed OA",
    -216: "Access token is invalid",
    -217: "User has blocked invitation from OA",
    -218: "Out of quota receive",
    -219: "App is removed or disabled",
    -220: "access_token is expired or removed",
    -221: "The OA needs to be verified to use this feature",
    -223: "Official Account has not authorized this API",
    -224: "The OA needs to upgrade OA Tier Package to use this feature",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with the OA, or the last interaction has expired",
    -233: "message type is invalid or not support",
    -234: "This message cannot be sent at night (10:00PM - 6:00AM)",
    -240: "MessageV2 API has been shut down, please switch to MessageV3",
    -242: "Invalid appsecret_proof provided in the API argument",
    -244: "User has restricted this message type from your OA",
    -248: "Violates our platform standards",
    -249: "Template does not support send via UID",
    -320: "Your app needs to connect with Zalo Cloud Account to use paid features",
    -321: "Zalo Cloud Account is out of money or unable to be charged",
}

ZBS_TOKEN: Final = -124
ZBS_PHONE: Final = -108
ZBS_NO_ACCOUNT: Final = -118
ZBS_REFUSED: Final = -139
ZBS_TEMPLATE: Final = -109
ZBS_BODY: Final = -1123
ZBS_TOO_LONG: Final = -1121
ZBS_MISSING: Final = -1122
ZBS_NIGHT: Final = -133
ZBS_DAILY: Final = -144
ZBS_MONEY: Final = -115
ZBS_PROOF: Final = -1241

_ZBS_WORDS: Final = {
    -100: "Unknown exception",
    -108: "Phone number is invalid",
    -109: "Template id is invalid",
    -115: "Out of quota",
    -118: "Zalo account not existed",
    -1121: "Template data is too long",
    -1122: "Template data is missing parameter",
    -1123: "Template data is invalid",
    -1124: "Template data has wrong format",
    -1241: "Invalid appsecret_proof",
    -124: "Access token invalid",
    -133: "This template cannot be sent at night (from 22h to 6h)",
    -139: "User refused to receive this type of message",
    -144: "OA has reached the daily quota",
}


class Refused(Exception):
    """A call that Zalo answers with a code other than 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


def refusal(code: int) -> Refused:
    """The OA API's refusal by that code, in Zalo's words."""
    return Refused(code, _OA_WORDS.get(code, "Unknown error"))


def invalid(field: str) -> Refused:
    """The refusal of a parameter that is missing or has the wrong shape."""
    return Refused(INVALID, f"{field} is invalid!")


def zbs_refusal(code: int) -> Refused:
    """The template API's refusal by that code."""
    return Refused(code, _ZBS_WORDS.get(code, "Unknown error"))
