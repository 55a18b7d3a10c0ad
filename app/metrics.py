"""Counters that GET /metrics shows; the names are stable, dashboards hang on them."""

from prometheus_client import Counter, Gauge

WEBHOOKS = Counter("daumoi_webhooks_total", "Webhook requests by verdict", ["verdict"])
SPOOLED = Counter("daumoi_events_spooled_total", "Events kept in the spool because the database was away")
SENDS = Counter("daumoi_sends_total", "Calls to Zalo by outcome", ["outcome"])
SET_ASIDE = Counter("daumoi_events_set_aside_total", "Times handling an event raised")
CHATS_RUNNING = Gauge("daumoi_chats_running", "Chats this process is working on")
