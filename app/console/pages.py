"""Every group of pages, in one list. How to add a page:

1. A module `<subject>_pages.py` with `def add_<subject>_pages(pages: Pages) -> None`, named in `GROUPS`.
2. In it, one function per route: `@pages.get("/can-bo", Right.SEE_DIRECTORY)` over
   `async def officers(visit: Visiting) -> Response`. The right is declared there and nowhere else; a new
   right goes into `app.staff.rules` and its table. `{id}` in a path works as in FastAPI.
3. Read by `await visit.read(lambda db: …)`, write by `await visit.write(…)`: both call a room's function, no
   SQL here. Keep to the visitor's own units: hand `visit.visitor.only_units_of` down. Record views and
   changes in the same transaction: `record(db, visit.entry("liaison.verified", "liaison:7", was="pending"))`.
4. Answer by `visit.page("directory/officers.html", title=…, here="/can-bo", …)`. The template extends
   `console/frame.html`, fills the block `main`, and takes macros from `look/panels.html`, `look/forms.html`,
   `look/components.html`. After a form: `visit.done("Đã lưu.", "/can-bo/3", undo="/can-bo/3/hoan-tac")`.
   A form with mistakes: `fill(Model, await visit.form())`, and the page again with status 422.
5. A list is a `Listing` (see `listing.py`) and `add_list(pages, LISTING, Right.SEE_DIRECTORY)`: page,
   filters, sort, columns, saved views, cards on a phone and the Excel export come with it.
6. What waits is counted in the menu: `pages.desk.counts["/can-bo"] = count` with `count(db, visitor) -> int`;
   keep it to an index, it runs for every page.
7. What changes by itself: `live.follow` behind `@pages.stream(path, right)`; see
   `inbox_pages.py`. Own styles and scripts: a file in `app/look/static/css` or `app/console/static`, named in
   the template's blocks `styles` and `scripts`. No inline style, script or handler. New icons: a line in
   `app/look/icons.txt`, then `python -m app.look.vendor`.
8. Tests walk every route that is here, by role, width, theme and policy: `tests/console`, `tests/browser`.
"""

from collections.abc import Callable

from app.console.account_pages import add_account_pages
from app.console.assigning_pages import add_assigning_pages
from app.console.board_pages import add_board_pages
from app.console.broadcast_pages import add_broadcast_list, add_broadcast_pages
from app.console.compose_pages import add_compose_pages
from app.console.contact_pages import add_contact_pages
from app.console.duplicate_pages import add_duplicate_pages
from app.console.employer_pages import add_employer_pages
from app.console.gate import Pages
from app.console.health_pages import add_health_pages
from app.console.import_pages import add_import_pages
from app.console.inbox_pages import add_inbox_pages
from app.console.liaison_card_pages import add_liaison_card_pages
from app.console.liaison_pages import add_liaison_pages
from app.console.office_pages import add_office_pages
from app.console.officer_pages import add_officer_pages
from app.console.question_pages import add_question_pages
from app.console.reminder_pages import add_reminder_pages
from app.console.saved_view_pages import add_saved_view_pages
from app.console.settings_pages import add_settings_pages
from app.console.sign_in_pages import add_sign_in_pages
from app.console.staff_pages import add_staff_pages
from app.console.template_pages import add_template_pages
from app.console.trail_pages import add_trail_pages
from app.console.worker_list_pages import add_worker_list_pages
from app.console.zalo_pages import add_zalo_pages

GROUPS: tuple[Callable[[Pages], None], ...] = (
    add_sign_in_pages,
    add_account_pages,
    add_board_pages,
    add_duplicate_pages,
    add_liaison_pages,
    add_liaison_card_pages,
    add_assigning_pages,
    add_employer_pages,
    add_officer_pages,
    add_office_pages,
    add_contact_pages,
    add_import_pages,
    add_question_pages,
    add_worker_list_pages,
    add_inbox_pages,
    add_broadcast_list,
    add_compose_pages,
    add_reminder_pages,
    add_template_pages,
    add_broadcast_pages,
    add_trail_pages,
    add_zalo_pages,
    add_staff_pages,
    add_settings_pages,
    add_health_pages,
    add_saved_view_pages,
)
