"""What the trail's short names mean, in words for its page; a name that has none here is shown as it is."""

from collections.abc import Mapping

from app.staff.rules import Role

ACTIONS = {
    "staff.added": "Mở tài khoản",
    "staff.role_changed": "Đổi vai trò",
    "staff.closed": "Khóa tài khoản",
    "staff.reopened": "Mở lại tài khoản",
    "staff.password_given": "Cấp mật khẩu mới",
    "staff.password_chosen": "Tự đổi mật khẩu",
    "staff.password_accepted": "Đúng mật khẩu, chờ mã",
    "staff.signed_in": "Đăng nhập",
    "staff.signed_out": "Đăng xuất",
    "staff.signed_out_elsewhere": "Đăng xuất các thiết bị khác",
    "staff.session_ended": "Đăng xuất một thiết bị",
    "staff.sign_in_refused": "Đăng nhập sai",
    "staff.code_refused": "Sai mã xác thực",
    "staff.second_factor_added": "Bật xác thực hai lớp",
    "staff.second_factor_removed": "Gỡ xác thực hai lớp",
    "staff.recovery_codes_made": "Tạo mã khôi phục mới",
    "trail.checked": "Kiểm tra chuỗi nhật ký",
    "trail.exported": "Xuất nhật ký",
    "list.exported": "Xuất danh sách",
    "list.viewed": "Xem danh sách lao động",
    "import.dates_told": "Ghi ngày và hạn của danh sách",
    "worker.viewed": "Xem lịch sử một lao động",
    "worker.marked": "Đánh dấu lao động",
    "worker_list.links_sent": "Gửi đường dẫn danh sách",
    "worker_list.due_changed": "Đổi hạn của danh sách",
    "liaison_link.wrong_code": "Nhập sai mã mở danh sách",
    "liaison_link.locked": "Khóa đường dẫn vì sai mã nhiều lần",
    "conversation.viewed": "Xem hội thoại",
    "handover.taken": "Nhận yêu cầu gặp cán bộ",
    "handover.given_back": "Trả lại yêu cầu",
    "handover.answered": "Trả lời người nhắn",
    "handover.done": "Xong yêu cầu",
    "liaison.verified": "Xác minh đầu mối",
    "liaison.rejected": "Từ chối đầu mối",
    "liaison.ended": "Kết thúc vai trò đầu mối",
    "liaison.announced": "Báo trước đầu mối",
    "liaison.viewed": "Xem thông tin đầu mối",
    "contact.viewed": "Xem người nhắn",
    "directory.viewed": "Xem điện thoại, email trong danh bạ",
    "employer.viewed": "Xem đơn vị",
    "broadcast.write": "Soạn đợt gửi",
    "broadcast.rewrite": "Sửa đợt gửi",
    "broadcast.plan": "Lập danh sách nhận",
    "broadcast.pick": "Chọn người nhận thử",
    "broadcast.test": "Gửi thử",
    "broadcast.approve": "Duyệt đợt gửi",
    "broadcast.send": "Bấm gửi",
    "broadcast.start": "Bắt đầu gửi",
    "broadcast.pause": "Tạm dừng đợt gửi",
    "broadcast.resume": "Chạy tiếp đợt gửi",
    "broadcast.halt": "Đợt gửi tự dừng vì lỗi",
    "broadcast.stop": "Dừng hẳn đợt gửi",
    "broadcast.retry": "Gửi lại cho người chưa nhận",
    "broadcast.end": "Gửi xong",
    "broadcast.preview": "Xem trước tin của một người",
    "broadcast.file": "Lưu ảnh, tệp kèm đợt gửi",
    "broadcast.viewed": "Xem từng người nhận",
    "broadcast.export": "Xuất người nhận",
    "reminder.write": "Viết lời nhắc",
    "reminder.start": "Bật lời nhắc",
    "reminder.pause": "Tắt lời nhắc",
    "reminder.end": "Kết thúc lời nhắc",
    "mail.stop": "Dừng nhận thư điện tử",
    "template.keep": "Lưu mẫu tin đã duyệt",
    "template.withdraw": "Bỏ mẫu tin Zalo không còn duyệt",
    "oa.consent_asked": "Mở trang cấp quyền của Zalo",
    "oa.linked": "Kết nối OA",
    "office.fact_changed": "Sửa thông tin cơ quan",
    "office.fact_dropped": "Bỏ thông tin cơ quan đã sửa",
    "oa.webhook_tested": "Thử webhook",
    "oa.token_renewed": "Gia hạn mã truy cập",
    "import.uploaded": "Thả tệp danh sách",
    "import.checked": "Kiểm tra tệp",
    "import.unreadable": "Chưa đọc được tệp",
    "import.columns_told": "Chỉ lại cột của tệp",
    "import.cell_corrected": "Sửa một ô của tệp",
    "import.accepted": "Nhận lần nhập",
    "import.applied": "Nhập danh sách",
    "import.discarded": "Bỏ tệp",
    "import.undone": "Hoàn tác lần nhập",
    "import.errors_exported": "Tải tệp kèm lỗi",
    "employer.added": "Thêm đơn vị",
    "employer.edited": "Sửa đơn vị",
    "employer.ended": "Ngừng đơn vị",
    "employer.restored": "Khôi phục đơn vị",
    "employer.merged": "Gộp đơn vị",
    "employer.merge_undone": "Hoàn tác gộp đơn vị",
    "employer.invite_made": "Tạo mã mời của đơn vị",
    "officer.added": "Thêm cán bộ",
    "officer.edited": "Sửa cán bộ",
    "officer.ended": "Ngừng cán bộ",
    "officer.restored": "Khôi phục cán bộ",
    "officer.assigned": "Phân công chuyên quản",
    "officer.leave_noted": "Ghi lịch nghỉ",
    "officer.leave_called_off": "Bỏ lịch nghỉ",
    "office.added": "Thêm cơ quan",
    "office.edited": "Sửa cơ quan",
    "office.ended": "Ngừng cơ quan",
    "office.restored": "Khôi phục cơ quan",
    "liaison.edited": "Sửa đầu mối",
    "liaison.merged": "Gộp đầu mối",
    "liaison.merge_undone": "Hoàn tác gộp đầu mối",
    "liaison_link.issued": "Cấp đường dẫn danh sách",
    "worker_list.opened": "Mở danh sách bằng mã",
    "worker_list.viewed": "Xem danh sách lao động",
    "worker_list.answered": "Đơn vị trả lời về danh sách",
    "worker_list.all_installed": "Đánh dấu tất cả đã cài",
    "worker_list.all_taken_back": "Hoàn tác đánh dấu tất cả",
    "worker_list.forgotten": "Xóa lao động đã quá hạn lưu",
    "unanswered.decide": "Xếp câu hỏi chưa trả lời",
}

SUBJECTS = {
    "staff": "tài khoản",
    "liaison": "đầu mối",
    "request": "yêu cầu gặp cán bộ",
    "contact": "người nhắn",
    "employer": "đơn vị",
    "officer": "cán bộ",
    "office": "cơ quan",
    "import": "lần nhập",
    "list": "danh sách",
    "worker": "lao động",
    "broadcast": "đợt gửi",
    "reminder": "lời nhắc",
    "oa": "OA",
    "trail": "nhật ký",
    "unit": "đơn vị",
    "link": "đường dẫn",
    "worker_list": "danh sách lao động",
    "unanswered": "câu hỏi",
    "template": "mẫu tin",
}

ACTORS = {"system": "Hệ thống", "visitor": "Khách chưa đăng nhập"}


DETAILS = {
    "role": "vai trò",
    "was": "trước đó",
    "state": "trạng thái",
    "officer": "cán bộ",
    "by": "bằng",
    "rows": "số dòng",
    "filtered_by": "lọc theo",
    "characters": "số ký tự",
    "lines": "số dòng",
    "broken_at": "đứt ở dòng",
    "unit": "đơn vị",
    "reason": "lý do",
    "kind": "loại",
    "bytes": "cỡ tệp",
    "new_rows": "dòng mới",
    "changed_rows": "dòng đổi",
    "wrong_rows": "dòng lỗi",
    "unchanged_rows": "dòng không đổi",
    "second_person": "cần người thứ hai",
    "cell": "ô",
    "header_row": "dòng tiêu đề",
    "columns": "số cột",
    "messages": "số câu",
    "intent": "chủ đề",
    "verdict": "kết quả",
    "with": "gộp với",
    "recipients": "số người nhận",
    "from": "từ",
    "to": "đến",
    "stand_in": "người thay",
    "way": "cách gửi",
    "pieces": "số tin",
}
VALUES = {
    **{role.value: role.label for role in Role},
    "password": "mật khẩu",
    "code": "mã",
    "pending": "chờ xác minh",
    "verified": "đã xác minh",
    "ended": "đã kết thúc",
    "open": "chưa đánh dấu",
    "installed": "đã cài",
    "needs_help": "cần hỗ trợ",
    "left": "đã nghỉ việc",
    "wrong": "sai thông tin",
}


def detail_words(detail: Mapping[str, str | int | bool | None]) -> str:
    """So: "vai trò: Xem, trước đó: Cán bộ"; what is empty is left out."""
    told = (
        f"{DETAILS.get(name, name)}: {_value(value)}"
        for name, value in detail.items()
        if value not in (None, "")
    )
    return ", ".join(told)


def _value(value: str | int | bool | None) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return VALUES.get(str(value), str(value))


def action_words(action: str) -> str:
    return ACTIONS.get(action, action)


def subject_words(subject: str, staff: dict[str, str]) -> str:
    """`liaison:17` as "đầu mối 17", an account by its name."""
    if subject in staff:
        return staff[subject]
    kind, _, number = subject.partition(":")
    return f"{SUBJECTS.get(kind, kind)} {number}".strip()


def actor_words(actor: str, staff: dict[str, str]) -> str:
    return ACTORS.get(actor) or subject_words(actor, staff)
