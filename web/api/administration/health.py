"""What watches over the service asks: whether it lives, whether it can do its work, and how it fares."""

from collections.abc import Iterator
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app

from domain.errors import RecountError
from web.auth import guard
from web.auth.roles import Right
from web.clock import now
from web.problems import problem_of
from web.queries.administration import condition as queries
from web.queries.administration.backups import BackupNoted
from web.telemetry import EXTENSION, Telemetry

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

blueprint = Blueprint("health", __name__)

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/healthz")
@guard.open_to_all
def lives() -> dict[str, Any]:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@guard.open_to_all
def ready() -> dict[str, Any]:
    """The service can do its work: it can read, write and sign, and its tables are up to date. Errors: 503."""
    try:
        queries.check_ready(guard.services(), now())
    except RecountError as error:
        problem = problem_of(error)
        problem.status = HTTPStatus.SERVICE_UNAVAILABLE
        raise problem from error
    return {"status": "ready"}


@blueprint.get("/health")
@guard.needs(Right.METRICS)
def health() -> Response:
    """Each check in a sentence; 503 where one fails."""
    result = queries.condition(guard.services(), now())
    return Response(result.encoded(), 200 if result.is_ready else 503, content_type="application/json")


@blueprint.get("/metrics")
@guard.needs(Right.METRICS)
def metrics() -> Response:
    """What a Prometheus server reads: what all processes counted, and how far the service has come."""
    from prometheus_client import CollectorRegistry, generate_latest

    telemetry: Telemetry = current_app.extensions[EXTENSION]
    progress = CollectorRegistry()
    progress.register(ProgressCollector())
    return Response(generate_latest(telemetry.registry()) + generate_latest(progress), content_type=_TEXT)


class ProgressCollector:
    """How far the service has come, as metrics, read when it is asked."""

    def collect(self) -> Iterator["Metric"]:
        """The metrics."""
        from prometheus_client.core import GaugeMetricFamily as Gauge

        services = guard.services()
        info = Gauge("recount_build_info", "The version of the program.", labels=["version"])
        info.add_metric([version("recount")], 1)
        yield info
        checks = Gauge("recount_check", "1: ok; 0.5: warns; 0: fails.", labels=["check"])
        for check in queries.condition(services, now()).checks:
            checks.add_metric([check.name], _VALUES[check.state])
        yield checks
        its = queries.progress(services)
        yield Gauge("recount_position", "The position of the newest event in the log.", its.position)
        yield Gauge("recount_read_models_position", "The position of the stored tables.", its.read_models)
        files = Gauge("recount_newest_file_timestamp_seconds", "When an agency's newest file came.", labels=["agency"])
        for file in its.files:
            files.add_metric([file.agency], file.taken_in_at.timestamp())
        yield files
        mails = Gauge("recount_mails", "E-mails that wait to be sent, or were given up.", labels=["state"])
        for state, count in its.mails.items():
            mails.add_metric([state], count)
        yield mails
        yield from _verification(its.verified)
        yield from _backup(its.backup)
        if room := queries.disk_room(services):
            yield Gauge("recount_database_bytes", "Bytes of the database's files.", room.database)
            yield Gauge("recount_disk_free_bytes", "Bytes left on the database's disk.", room.free)


_VALUES: Final = {queries.CheckState.OK: 1.0, queries.CheckState.WARNS: 0.5, queries.CheckState.FAILS: 0.0}


def _verification(verified: queries.NewestVerification | None) -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily as Gauge

    if verified is not None:
        at, holds = verified.at.timestamp(), int(verified.holds)
        yield Gauge("recount_verification_timestamp_seconds", "When all was last verified.", at)
        yield Gauge("recount_verification_holds", "Whether it agreed.", holds)


def _backup(noted: BackupNoted | None) -> Iterator["Metric"]:
    from prometheus_client.core import GaugeMetricFamily as Gauge

    if noted is not None:
        yield Gauge("recount_backup_timestamp_seconds", "When the newest backup was made.", noted.at.timestamp())
        yield Gauge("recount_backup_bytes", "Its bytes.", noted.bytes)
