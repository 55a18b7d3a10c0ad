"""A small flows folder of intents, enough to train on within a second."""

from pathlib import Path

INTENTS = """
intents:
  forgot_password:
    title: Quên mật khẩu
    meaning: the password is lost
    leads_to: troubles.password
    phrases:
      one: [quên mật khẩu, em quên mk rồi, không nhớ mật khẩu, lấy lại mật khẩu, mất mật khẩu vssid]
      two: [cấp lại mật khẩu giúp em, quên mất mật khẩu vssid, làm sao lấy lại mật khẩu]
  otp_not_received:
    title: Mã OTP
    meaning: the code does not come
    leads_to: troubles.otp
    phrases:
      one: [không nhận được otp, chờ mãi không có mã otp, mã xác thực không về, otp gửi đâu]
      two: [chưa thấy mã otp, otp không về máy, mã otp gửi về số cũ]
  office_address_hours:
    title: Địa chỉ
    meaning: where the office is
    leads_to: contact.hours
    phrases:
      one: [bhxh ở đâu, địa chỉ cơ quan bảo hiểm xã hội, mấy giờ mở cửa, thứ bảy có làm việc không]
      two: [giờ làm việc của bhxh, văn phòng bhxh chỗ nào, chủ nhật có làm không]
  other_services:
    title: Chế độ khác
    meaning: not handled here
    leads_to: elsewhere.other
    outside: true
    phrases:
      one: [lương hưu tính thế nào, chế độ thai sản, rút bảo hiểm một lần, tiền thất nghiệp bao giờ có]
      two: [hồ sơ thai sản cần gì, trợ cấp thất nghiệp bao lâu]
  out_of_scope:
    title: Ngoài phạm vi
    meaning: anything else
    outside: true
    phrases:
      one: [hôm nay trời mưa không, giá vàng hôm nay, bán nhà giá rẻ, kể chuyện cười đi]
      two: [thời tiết nha trang, kết quả xổ số]
"""
CONCEPTS = """
concepts:
  forget: [quên, không nhớ, lấy lại, cấp lại, mất mật khẩu]
  place: [ở đâu, địa chỉ, chỗ nào]
"""
SPELLING = """
slang: {ko: không, mk: mật khẩu, k: không}
phrases:
  bhxh: [bao hiem xa hoi]
  vssid: [bhxh so]
fillers: [ạ, dạ, ơi]
"""
PAIRS = """
pairs:
  - {between: [forgot_password, otp_not_received], ask: "Mật khẩu hay mã OTP ạ?"}
"""


def write_small(flows: Path) -> Path:
    folder = flows / "intents"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("all", INTENTS),
        ("concepts", CONCEPTS),
        ("spelling", SPELLING),
        ("pairs", PAIRS),
    ):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return flows
