"""What people do on the walks that are walked more than once."""

from app.content.transcript import Does, Doing, Says, Shares, Taps

OFFICER = "Lê Thị Ví Dụ"
"""Who looks after the invented unit TA0001A."""

REGISTERS: tuple[Doing, ...] = (
    Does("theo dõi"),
    Says("dang ky lam dau moi"),
    Taps("Đồng ý"),
    Says("TA0001A"),
    Taps("Đúng rồi"),
    Says("Nguyễn Thị Mai"),
    Shares("Nguyễn Thị Mai", "84912345678"),
    Says("mai.nguyen@congty.vn"),
    Says("1"),
    Taps("Đúng, lưu giúp tôi"),
)
"""The main job: from the first hello to the officer's name."""
