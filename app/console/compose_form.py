"""The composer's form: what is to be said, to whom, by which ways; read, judged, and filled in again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.broadcasts.audience import AudienceRefused, parse_audience
from app.broadcasts.content import (
    LABELS,
    ButtonKind,
    Content,
    ContentRefused,
    Push,
    TemplateUse,
    check_content,
)
from app.broadcasts.steering import NewBroadcast
from app.broadcasts.templates import KnownTemplate, template_fault
from app.broadcasts.wordings import WAYS
from app.console.audience_form import RULE, rule_of, selects_of
from app.console.forms import row_number
from app.kit.vietnamese import nfc
from app.look.formats import number
from app.outbox.ways import ALL_WAYS, Way

LONGEST_TITLE = 200
ON = "1"

BUTTONS = (
    (ButtonKind.GUIDE, "nut_huong_dan"),
    (ButtonKind.DONE, "nut_xong"),
    (ButtonKind.HELP, "nut_ho_tro"),
    (ButtonKind.PERSON, "nut_can_bo"),
)
GUIDE_PLACE, GUIDE_LINK = "huong_dan", "huong_dan_link"
FILE, FILE_NUMBER, WITHOUT_FILE = "tep", "tep_so", "bo_tep"
"""A picture or file as it is uploaded, as it is kept, and taken away again."""
PARAMETER = "ts_"
"""Before the name of a template's parameter."""

FIRST_TEXT = (
    "Kính gửi {xưng hô} {họ tên}, {đơn vị}.\n"
    "Đơn vị còn {số lao động chưa cài} người lao động chưa cài VssID. Anh/Chị nhắc giúp và bấm nút dưới đây"
    " khi đã xong ạ."
)


@dataclass(frozen=True, slots=True)
class Composed:
    """What the form says; `faults` by field, and nothing may be sent while there are any."""

    new: NewBroadcast
    faults: Mapping[str, str]

    @property
    def text_is_right(self) -> bool:
        return not {"noi_dung", "mau", GUIDE_LINK} & set(self.faults)

    @property
    def audience_is_right(self) -> bool:
        return RULE not in self.faults


def first_values(*, mail: bool, templates: bool) -> dict[str, str]:
    """A composer before anybody typed into it; ways that cannot be used yet are not ticked."""
    usable = {Way.FREE, Way.PAID} | ({Way.EMAIL} if mail else set())
    usable |= {Way.TEMPLATE, Way.PHONE} if templates else set()
    return {
        "vai_tro": "liaison",
        "tinh_trang": "yes",
        "danh_sach": "open",
        "noi_dung": FIRST_TEXT,
        "nut_xong": ON,
        "nut_ho_tro": ON,
        **{way_field(way): ON for way in usable},
    }


def values_of_draft(new: NewBroadcast) -> dict[str, str]:
    values = {"ten": new.title, "noi_dung": new.content.text, "tieu_de_thu": new.content.subject}
    values |= selects_of(new.audience)
    values |= {way_field(way): ON for way in new.ways}
    names = dict(BUTTONS)
    for push in new.content.buttons:
        values[names[push.kind]] = ON
        if push.kind is ButtonKind.GUIDE:
            values[GUIDE_LINK if "://" in push.target else GUIDE_PLACE] = push.target
    if new.content.template is not None:
        use = new.content.template
        values["mau"] = use.template_id
        values |= {PARAMETER + name: text for name, text in use.parameters.items()}
    if new.attachment_id is not None:
        values[FILE_NUMBER] = str(new.attachment_id)
    return values


def read_form(form: Mapping[str, str], templates: Sequence[KnownTemplate]) -> Composed:
    """Everything that is wrong at once, each beside its field."""
    faults: dict[str, str] = {}
    title = " ".join(nfc(form.get("ten", "")).split())
    if not title:
        faults["ten"] = "Anh/Chị đặt tên cho đợt gửi giúp; người nhận không thấy tên này."
    elif len(title) > LONGEST_TITLE:
        faults["ten"] = f"Tên dài quá {LONGEST_TITLE} ký tự."
    rule = rule_of(form)
    try:
        parse_audience(rule)
    except AudienceRefused as refused:
        faults[RULE] = str(refused)
    content = _content(form, templates)
    faults |= _content_faults(content, templates)
    ways = [way for way in ALL_WAYS if form.get(way_field(way)) == ON]
    if not ways:
        faults["cach"] = "Anh/Chị chọn ít nhất một cách gửi giúp."
    return Composed(NewBroadcast(title, rule, content, ways, file_number(form)), faults)


def file_number(form: Mapping[str, str]) -> int | None:
    return row_number(form.get(FILE_NUMBER, ""))


def way_field(way: Way) -> str:
    return f"cach_{way}"


def ways_shown(prices: Mapping[Way, int], *, mail: bool) -> list[tuple[str, str, str]]:
    """Field, name and what it costs or wants, in the order in which they are tried."""
    letters = "Miễn phí; khi không còn cách nào trên Zalo" if mail else "Máy chủ thư chưa được thiết lập"
    told = {
        Way.FREE: "Miễn phí; ai nhắn cho OA trong 48 giờ qua",
        Way.PAID: f"{number(prices.get(Way.PAID, 0))} đồng/tin; ai nhắn trong 7 ngày qua",
        Way.TEMPLATE: "Theo giá của mẫu; cần chọn mẫu tin đã duyệt",
        Way.PHONE: "Theo giá của mẫu; cần chọn mẫu tin đã duyệt",
        Way.EMAIL: letters,
    }
    return [(way_field(way), WAYS[way], told[way]) for way in ALL_WAYS]


def button_labels() -> list[tuple[str, str]]:
    return [(name, LABELS[kind]) for kind, name in BUTTONS]


def _content(form: Mapping[str, str], templates: Sequence[KnownTemplate]) -> Content:
    buttons = []
    for kind, name in BUTTONS:
        if form.get(name) != ON:
            continue
        target = ""
        if kind is ButtonKind.GUIDE:
            target = form.get(GUIDE_LINK, "").strip() or form.get(GUIDE_PLACE, "")
        buttons.append(Push(kind, target=target))
    text = nfc(form.get("noi_dung", "").replace("\r\n", "\n"))
    subject = " ".join(nfc(form.get("tieu_de_thu", "")).split())
    return Content(text, tuple(buttons), subject, _template(form, templates))


def _template(form: Mapping[str, str], templates: Sequence[KnownTemplate]) -> TemplateUse | None:
    chosen = form.get("mau", "")
    if not chosen:
        return None
    known = next((one for one in templates if one.id == chosen), None)
    names = [one.name for one in known.parameters] if known else []
    given = {name: nfc(form.get(PARAMETER + name, "")).strip() for name in names}
    return TemplateUse(chosen, {name: text for name, text in given.items() if text})


def _content_faults(content: Content, templates: Sequence[KnownTemplate]) -> dict[str, str]:
    faults = {}
    for push in content.buttons:
        if push.kind is ButtonKind.GUIDE and not push.target:
            faults[GUIDE_LINK] = "Anh/Chị chọn một mục hướng dẫn, hoặc dán một địa chỉ https:// giúp."
    if content.template is not None:
        known = next((one for one in templates if one.id == content.template.template_id), None)
        if known is None:
            faults["mau"] = "Mẫu tin này không còn trong danh sách đã duyệt."
        else:
            fault = template_fault(known, content.template)
            faults |= {"mau": fault} if fault else {}
    try:
        check_content(content)
    except ContentRefused as refused:
        field = GUIDE_LINK if GUIDE_LINK in faults or "hướng dẫn" in str(refused) else "noi_dung"
        faults.setdefault(field, str(refused))
    return faults
