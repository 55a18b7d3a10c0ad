"""Every table in one list, for Alembic."""

from app.audit import models as audit
from app.broadcasts import models as broadcasts
from app.conversations import models as conversations
from app.credentials import models as credentials
from app.directory import models as directory
from app.handover import models as handover
from app.importing import models as importing
from app.inbox import models as inbox
from app.kit.db import Base
from app.outbox import models as outbox
from app.staff import models as staff
from app.understanding import models as understanding
from app.work import models as work
from app.worker_lists import models as worker_lists

ROOMS_WITH_TABLES = (
    audit,
    broadcasts,
    conversations,
    credentials,
    directory,
    handover,
    importing,
    inbox,
    outbox,
    staff,
    understanding,
    work,
    worker_lists,
)

metadata = Base.metadata
