"""The pop-up menus of the demo's OA, as the office would set them in Zalo's own console."""

from app.sandbox.config import Menu, MenuAction, MenuItem


def _says(title: str, words: str) -> MenuItem:
    return MenuItem(title, MenuAction.QUERY, words)


DEMO_MENUS = (
    Menu(
        "VssID",
        (
            _says("Cài đặt VssID", "cài đặt VssID"),
            _says("Quên mật khẩu", "quên mật khẩu"),
            _says("Cài cho con dưới 18 tuổi", "cài cho con"),
            _says("Tài liệu hướng dẫn", "tài liệu hướng dẫn"),
        ),
    ),
    Menu(
        "Đầu mối",
        (
            _says("Đăng ký làm đầu mối", "đăng ký đầu mối"),
            _says("Đơn vị của tôi", "đơn vị của tôi"),
            _says("Thông tin đầu mối", "thông tin đầu mối"),
        ),
    ),
    Menu(
        "Hỗ trợ",
        (
            _says("Menu chính", "menu"),
            _says("Gặp cán bộ", "gặp cán bộ"),
            _says("Kiểm tra lừa đảo", "kiểm tra lừa đảo"),
            MenuItem("Tổng đài 1900 9068", MenuAction.PHONE, "19009068"),
        ),
    ),
)
