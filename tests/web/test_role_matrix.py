"""Who may do what: every endpoint x every role x whose records, held against a table that is written out by hand.

The table follows from what was agreed of the roles, and not from the code's own table of rights: a change of a right
fails here, and so does an endpoint that has no line. Over the whole walk no refusal goes unnoted, and nothing that
names a person stands in an address, an error or a line of the log.
"""

import io
import itertools
import json
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from domain.log.database import reading, writing
from domain.periods import last_day_of_month
from tests.conftest import BACKENDS, in_a_schema
from tests.tampering.audited import complete_one
from tests.unit.intake.files import csv_text, name, row, write
from web.app import create_app
from web.auth import accounts, tokens
from web.auth.accounts import AccountUpdate
from web.auth.guard import FILES, services
from web.auth.roles import Right, Role
from web.auth.trail import access
from web.auth.trail.access import AccessEntry, AccessQuery, Deed
from web.clock import now, today
from web.commands.improvement.author import Author
from web.commands.improvement.meetings import meetings
from web.settings import DATABASE, RAW_FILES, Settings

from .conftest import KEYS, CommandLine
from .http import API, Asker, a_token, assert_problem

TABLE: Final = """
method  rule                                        comm  reason  area  own  other  auditor  public  admin
GET     /api/v1/definitions                          200   200    200   -    -      200      200     200
GET     /api/v1/measures                             200   200    200   -    -      200      200     200
GET     /api/v1/plausible                            200   200    200   -    -      200      200     200
GET     /api/v1/public-key                           200   200    200   -    -      200      200     200

GET     /api/v1/figures                              200   200    200   200  404    200      200     403
GET     /api/v1/series                               200   200    200   200  404    200      200     403
GET     /api/v1/triangle                             200   200    422   200  404    200      404     403
GET     /api/v1/profile                              200   200    422   200  404    200      404     403
GET     /api/v1/contribution                         200   200    200   200  404    200      404     403
GET     /api/v1/did-it-help                          200   200    200   200  404    200      404     403
GET     /api/v1/revisions                            200   200    422   200  404    200      404     403
GET     /api/v1/forecast                             200   200    422   200  404    200      404     403
GET     /api/v1/coverage                             200   200    200   -    -      200      404     403
GET     /api/v1/claims                               200   200    422   200  404    200      404     403
GET     /api/v1/scorecard                            200   200    200   200  404    200      404     403
GET     /api/v1/completions-needed                   200   200    200   200  404    200      404     403
GET     /api/v1/hub-targets                          200   200    200   -    -      200      403     403
GET     /api/v1/hub-targets/proposal                 200   200    404   -    -      403      403     403
POST    /api/v1/hub-targets                          201   201    201   -    -      403      403     403
POST    /api/v1/hub-targets/<>/agree                 201   201    201   -    -      403      403     403
POST    /api/v1/hub-targets/<>/withdraw              201   201    201   -    -      403      403     403
GET     /api/v1/targets                              200   200    200   -    -      200      404     403
POST    /api/v1/targets                              201   201    403   403  403    403      403     403
POST    /api/v1/targets/<>/withdraw                  201   201    403   -    -      403      403     403
GET     /api/v1/colour-rules                         200   200    200   -    -      200      403     403
POST    /api/v1/colour-rules                         201   201    403   -    -      403      403     403
POST    /api/v1/colour-rules/trial                   200   200    403   -    -      403      403     403
POST    /api/v1/colour-rules/<>/change               201   201    403   -    -      403      403     403
POST    /api/v1/colour-rules/<>/withdraw             201   201    403   -    -      403      403     403
GET     /api/v1/comparators                          200   200    200   -    -      200      403     403
GET     /api/v1/comparators/areas                    200   200    200   -    -      200      403     403
GET     /api/v1/comparators/profile                  200   200    422   200  404    200      404     403
GET     /api/v1/comparators/releases/<>              200   200    200   -    -      200      403     403
POST    /api/v1/comparators/sets                     201   201    403   -    -      403      403     403
POST    /api/v1/comparators/sets/<>/change           201   201    403   -    -      403      403     403
POST    /api/v1/comparators/sets/<>/withdraw         201   201    403   -    -      403      403     403
POST    /api/v1/comparators/values                   201   201    403   -    -      403      403     403
POST    /api/v1/comparators/releases                 201   201    403   -    -      403      403     403
POST    /api/v1/comparators/releases/<>/withdraw     201   201    403   -    -      403      403     403
GET     /api/v1/national                             422   422    403   -    -      422      403     403
GET     /api/v1/schedules                            200   200    200   -    -      200      403     403
POST    /api/v1/schedules                            201   201    403   403  403    403      403     403
GET     /api/v1/schedules/<>                         200   200    200   200  404    200      403     403
POST    /api/v1/schedules/<>/lines                   201   201    403   403  403    403      403     403
POST    /api/v1/schedules/<>/agree                   201   201    403   403  403    403      403     403
POST    /api/v1/schedules/<>/correct                 201   201    403   403  403    403      403     403
POST    /api/v1/schedules/<>/end                     201   201    403   403  403    403      403     403
POST    /api/v1/schedules/<>/discard                 201   201    403   403  403    403      403     403

GET     /api/v1/entered                              200   200    200   -    -      200      403     403
POST    /api/v1/entered                              201   201    422   -    -      403      403     403
POST    /api/v1/entered/<>/end                       201   201    422   422  422    403      403     403
GET     /api/v1/entered/figures                      200   200    200   200  404    200      403     403
GET     /api/v1/entered/values                       200   200    200   -    -      200      403     403
GET     /api/v1/entered/values/<>                    200   200    200   200  404    200      403     403
GET     /api/v1/entered/values/<>/certificate        200   200    200   200  404    200      403     403
POST    /api/v1/entered/values                       201   201    422   201  404    403      403     403
POST    /api/v1/entered/values/load                  201   201    200   201  200    403      403     403
POST    /api/v1/entered/values/<>/correct            201   201    422   201  404    403      403     403
POST    /api/v1/entered/values/<>/confirm            409   409    201   201  404    403      403     403
POST    /api/v1/entered/values/<>/question           409   409    201   201  404    403      403     403
POST    /api/v1/entered/values/<>/withdraw           201   201    422   201  404    403      403     403

GET     /api/v1/worklists                            200   200    200   200  404    200      403     403
GET     /api/v1/worklists/<>                         403   200    200   200  404    200      403     403
GET     /api/v1/data-quality                         200   200    200   200  404    200      403     403

GET     /api/v1/members                              403   200    422   200  404    200      403     403
GET     /api/v1/waiting                              403   200    200   200  404    200      403     403
GET     /api/v1/differences                          403   200    422   200  404    200      403     403
POST    /api/v1/claims                               403   200    422   200  404    200      403     403
POST    /api/v1/certificates/<>/member-proof         403   200    200   200  404    200      403     403
GET     /api/v1/log                                  403   200    200   200  404    200      403     403
POST    /api/v1/log/search                           403   200    -     200  404    200      403     403

POST    /api/v1/subject-access                       403   200    403   -    -      403      403     403

GET     /api/v1/published                            200   200    200   -    -      200      200     403
GET     /api/v1/cuts                                 200   200    200   -    -      200      200     403
GET     /api/v1/certificates                         200   200    200   -    -      200      200     403
GET     /api/v1/certificates/<>                      200   200    200   200  404    200      200     403
GET     /api/v1/cuts/<>                              200   200    200   -    -      200      200     403
GET     /api/v1/restated                             200   200    200   -    -      200      404     403
GET     /api/v1/changed                              200   200    -     200  404    200      404     403
GET     /api/v1/head                                 200   200    200   -    -      200      200     403
POST    /api/v1/certificates                         201   201    403   201  404    403      403     403
POST    /api/v1/cuts                                 201   201    403   -    -      403      403     403

GET     /api/v1/other-reports                        200   200    200   -    -      200      403     403
POST    /api/v1/other-reports/compare                200   200    200   -    -      200      403     403
POST    /api/v1/other-reports                        201   201    201   -    -      403      403     403
GET     /api/v1/other-reports/<>                     200   200    404   -    -      200      403     403
GET     /api/v1/to-do                                200   200    200   -    -      200      403     403
GET     /api/v1/action-plans                         200   200    200   -    -      200      403     403
GET     /api/v1/action-plans/forms                   200   200    200   -    -      200      403     403
GET     /api/v1/action-plans/<>                      200   200    200   200  404    200      403     403
POST    /api/v1/action-plans                         201   201    201   201  404    403      403     403
POST    /api/v1/action-plans/<>/edit                 409   409    409   409  404    403      403     403
POST    /api/v1/action-plans/<>/steps                201   201    409   409  404    403      403     403
GET     /api/v1/calendar                             200   200    200   -    -      200      403     403
GET     /api/v1/committee-report                     200   200    200   200  404    200      403     403
GET     /api/v1/committee-reports                    200   200    200   -    -      200      200     403
POST    /api/v1/committee-reports                    201   201    403   -    -      403      403     403
GET     /api/v1/committee-reports/<>                 200   200    404   -    -      200      404     403
GET     /api/v1/performance-notices                  200   200    200   -    -      200      403     403
GET     /api/v1/performance-notices/rule-sets        200   200    200   -    -      200      403     403
GET     /api/v1/performance-notices/<>               200   200    -     200  404    200      403     403
POST    /api/v1/performance-notices                  201   201    403   -    -      403      403     403
POST    /api/v1/performance-notices/<>/steps         201   201    -     201  404    403      403     403
GET     /api/v1/commentary                           200   200    200   -    -      200      403     403
GET     /api/v1/commentary/<>                        200   200    -     200  404    200      403     403
POST    /api/v1/commentary                           201   201    422   201  404    403      403     403
POST    /api/v1/commentary/<>/versions               201   201    -     409  404    403      403     403
POST    /api/v1/commentary/<>/steps                  201   201    -     409  404    403      403     403
GET     /api/v1/meetings                             200   200    200   -    -      200      403     403
GET     /api/v1/meetings/<>                          200   200    -     200  404    200      403     403
POST    /api/v1/meetings                             201   201    201   201  404    403      403     403
POST    /api/v1/meetings/<>/edit                     201   201    -     201  404    403      403     403
POST    /api/v1/meetings/<>/minutes                  201   201    -     201  404    403      403     403
POST    /api/v1/meetings/<>/actions                  201   201    -     409  404    403      403     403
POST    /api/v1/meetings/<>/actions/<>               201   201    -     201  404    403      403     403
POST    /api/v1/meetings/<>/steps                    201   201    -     201  404    403      403     403

GET     /api/v1/return-reviews                       200   200    200   -    -      200      403     403
GET     /api/v1/return-reviews/<>                    404   404    404   -    -      404      403     403
POST    /api/v1/return-reviews/<>                    404   404    404   -    -      403      403     403
POST    /api/v1/return-reviews/<>/correct            404   404    404   -    -      403      403     403
POST    /api/v1/return-reviews/<>/withdraw           404   404    404   -    -      403      403     403
POST    /api/v1/return-reviews/rules                 201   201    403   -    -      403      403     403

GET     /api/v1/disputes                             200   200    200   -    -      200      403     403
GET     /api/v1/disputes/<>                          200   200    404   200  404    200      403     403
POST    /api/v1/disputes                             201   201    201   201  404    403      403     403
POST    /api/v1/disputes/<>/answers                  201   201    404   201  404    403      403     403
POST    /api/v1/disputes/<>/close                    201   201    404   201  404    403      403     403
GET     /api/v1/disputes/<>/account                  200   200    404   200  404    200      403     403
GET     /api/v1/disputes/<>/references               200   200    404   200  404    200      403     403
POST    /api/v1/disputes/<>/rows                     422   422    404   422  404    403      403     403
POST    /api/v1/disputes/<>/row-answers              422   422    404   422  404    403      403     403
POST    /api/v1/disputes/<>/steps                    201   201    404   201  404    403      403     403

GET     /api/v1/submissions                          200   200    200   200  404    200      403     403
GET     /api/v1/reviews                              200   200    200   200  404    200      403     403
GET     /api/v1/submissions/<>                       200   200    -     200  404    200      403     403
GET     /api/v1/submissions/<>/rejections            200   200    -     200  404    200      403     403
GET     /api/v1/submissions/<>/changes               200   200    -     200  404    200      403     403
POST    /api/v1/submissions                          200   200    -     200  404    403      403     403

GET     /api/v1/contracts                            200   200    403   -    -      200      403     403
POST    /api/v1/contracts                            200   200    403   403  403    403      403     403
GET     /api/v1/handovers                            200   200    200   -    -      200      403     403
GET     /api/v1/handovers/<>                         404   404    404   -    -      404      403     403
POST    /api/v1/handovers/<>/undo                    404   404    403   -    -      403      403     403
POST    /api/v1/retenders                            200   200    403   -    -      403      403     403
POST    /api/v1/handovers                            200   200    403   403  403    403      403     403
GET     /api/v1/rekeys                               200   200    403   -    -      403      403     403
POST    /api/v1/rekeys                               200   200    403   403  403    403      403     403
GET     /api/v1/covered-days                         200   200    403   -    -      403      403     403
POST    /api/v1/covered-days                         200   200    403   403  403    403      403     403
POST    /api/v1/withdrawals                          200   200    403   403  403    403      403     403

GET     /api/v1/verification                         200   200    200   -    -      200      403     403
POST    /api/v1/verification                         201   201    201   -    -      201      403     403
GET     /api/v1/access                               200   200    403   -    -      200      403     200

GET     /api/v1/accounts                             403   403    403   -    -      403      403     200
POST    /api/v1/accounts                             403   403    403   -    -      403      403     201
GET     /api/v1/accounts/<>                          403   403    403   -    -      403      403     200
PATCH   /api/v1/accounts/<>                          403   403    403   -    -      403      403     200
DELETE  /api/v1/accounts/<>                          403   403    403   -    -      403      403     200
GET     /api/v1/tokens                               403   403    403   -    -      403      403     200
POST    /api/v1/tokens                               403   403    403   -    -      403      403     201
DELETE  /api/v1/tokens/<>                            403   403    403   -    -      403      403     200

GET     /                                            200   200    200   200  404    200      302     302
GET     /home                                        200   200    200   200  404    200      302     302
GET     /home/clients                                404   404    200   200  404    404      403     403
GET     /figures/<>                                  200   200    200   200  404    200      404     403
GET     /figures/<>/definition                       200   200    200   200  404    200      404     403
GET     /profile                                     200   200    422   200  404    200      404     403
GET     /contribution                                200   200    200   200  404    200      404     403
GET     /figures/<>/members                          200   200    200   200  404    200      403     403
GET     /figures/<>/members/<>                       200   200    200   200  404    200      403     403
GET     /figures/<>/why                              200   200    422   200  404    200      403     403
GET     /figures/<>/why/<>                           200   200    -     -    404    -        403     403
GET     /figures/<>/revisions                        200   200    422   200  404    200      404     403
GET     /completions-needed                          200   200    200   200  404    200      404     403
GET     /completions-needed/<>                       200   200    200   200  404    200      404     403
GET     /contract/hub-targets                        200   200    200   -    -      200      403     403
GET     /contract/hub-targets/<>                     200   200    200   -    -      200      403     403
POST    /contract/hub-targets/<>/agree               303   303    303   -    -      403      403     403
POST    /contract/hub-targets/<>/withdraw            422   422    422   -    -      403      403     403
GET     /contract/hub-targets/<>/propose             200   200    200   -    -      403      403     403
POST    /contract/hub-targets/<>/propose             303   303    303   -    -      403      403     403
GET     /targets                                     200   200    200   -    -      200      404     403
GET     /targets/new                                 200   200    403   -    -      403      403     403
POST    /targets/new                                 422   422    403   -    -      403      403     403
GET     /targets/<>                                  200   200    200   200  404    200      404     403
POST    /targets/<>/withdraw                         422   422    403   -    -      403      403     403
GET     /contract/colour-rules                       200   200    200   -    -      200      403     403
GET     /contract/colour-rules/new                   200   200    403   -    -      403      403     403
POST    /contract/colour-rules/new                   422   422    403   -    -      403      403     403
GET     /contract/colour-rules/file                  200   200    403   -    -      403      403     403
POST    /contract/colour-rules/file                  422   422    403   -    -      403      403     403
GET     /contract/colour-rules/samples/<>            200   200    200   -    -      200      403     403
GET     /contract/colour-rules/<>                    200   200    200   200  404    200      403     403
GET     /contract/colour-rules/<>/change             200   200    403   -    -      403      403     403
POST    /contract/colour-rules/<>/change             422   422    403   -    -      403      403     403
POST    /contract/colour-rules/<>/withdraw           422   422    403   -    -      403      403     403
GET     /comparators                                 200   200    200   -    -      200      403     403
GET     /comparators/of/<>                           200   200    200   -    -      200      403     403
GET     /comparators/new                             200   200    403   -    -      403      403     403
POST    /comparators/new                             422   422    403   -    -      403      403     403
GET     /comparators/load                            200   200    403   -    -      403      403     403
POST    /comparators/load                            422   422    403   -    -      403      403     403
POST    /comparators/load/confirm                    422   422    403   -    -      403      403     403
GET     /comparators/enter                           200   200    403   -    -      403      403     403
POST    /comparators/enter                           422   422    403   -    -      403      403     403
GET     /comparators/<>                              200   200    200   -    -      200      403     403
GET     /comparators/<>/change                       200   200    403   -    -      403      403     403
POST    /comparators/<>/change                       422   422    403   -    -      403      403     403
POST    /comparators/<>/withdraw                     422   422    403   -    -      403      403     403
GET     /comparators/values/<>                       200   200    200   -    -      200      403     403
POST    /comparators/values/<>/withdraw              422   422    403   -    -      403      403     403
GET     /national                                    200   200    403   -    -      200      403     403
GET     /contract                                    200   200    200   -    -      200      403     403
GET     /contract/<>/table.csv                       200   200    200   200  404    200      403     403
GET     /action-plans/<>/did-it-help                 200   200    200   200  404    200      403     403
GET     /action-plans/<>/plan.<>                     200   200    200   200  404    200      403     403
GET     /contract/<>/document.pdf                    200   200    200   200  404    200      403     403
GET     /contract/<>/document                        200   200    200   200  404    200      403     403
GET     /contract/new                                200   200    403   -    -      403      403     403
POST    /contract/new                                422   422    403   -    -      403      403     403
GET     /contract/<>/terms                           200   200    403   -    -      403      403     403
POST    /contract/<>/terms                           422   422    403   -    -      403      403     403
GET     /contract/<>/line                            200   200    403   -    -      403      403     403
POST    /contract/<>/line                            422   422    403   -    -      403      403     403
GET     /contract/<>/load                            200   200    403   -    -      403      403     403
POST    /contract/<>/load                            422   422    403   -    -      403      403     403
GET     /contract/<>/year                            200   200    403   -    -      403      403     403
POST    /contract/<>/year                            422   422    403   -    -      403      403     403
GET     /contract/<>/agree                           200   200    403   -    -      403      403     403
POST    /contract/<>/agree                           422   422    403   -    -      403      403     403
GET     /contract/<>/correct                         200   200    403   -    -      403      403     403
POST    /contract/<>/correct                         422   422    403   -    -      403      403     403
GET     /contract/<>/end                             200   200    403   -    -      403      403     403
POST    /contract/<>/end                             422   422    403   -    -      403      403     403
POST    /contract/<>/discard                         303   303    403   -    -      403      403     403
GET     /action-plans                                200   200    200   -    -      200      403     403
GET     /action-plans/reviews                        200   200    200   -    -      200      403     403
GET     /action-plans/new                            200   200    200   200  404    403      403     403
POST    /action-plans/new                            422   422    422   422  404    403      403     403
GET     /action-plans/<>                             200   200    200   200  404    200      403     403
GET     /action-plans/<>/edit                        403   403    403   403  404    403      403     403
POST    /action-plans/<>/edit                        422   422    422   422  404    403      403     403
GET     /action-plans/<>/strands/<>                  403   403    403   403  404    403      403     403
POST    /action-plans/<>/strands/<>                  422   422    422   422  404    403      403     403
GET     /action-plans/<>/steps/<>                    200   200    403   403  404    403      403     403
POST    /action-plans/<>/steps/<>                    422   422    422   422  404    403      403     403
GET     /action-plans/<>/review                      403   403    403   403  404    403      403     403
POST    /action-plans/<>/review                      422   422    422   422  404    403      403     403
GET     /entered-kpis                                200   200    200   200  404    200      403     403
GET     /entered-kpis/define                         200   200    403   -    -      403      403     403
POST    /entered-kpis/define                         422   422    403   -    -      403      403     403
GET     /entered-kpis/<>                             200   200    200   200  404    200      403     403
GET     /entered-kpis/<>/end                         200   200    403   403  403    403      403     403
POST    /entered-kpis/<>/end                         422   422    403   403  403    403      403     403
GET     /entered-kpis/<>/enter                       200   200    404   200  404    403      403     403
POST    /entered-kpis/<>/enter                       422   422    404   422  404    403      403     403
POST    /entered-kpis/<>/confirm                     303   303    303   303  404    403      403     403
GET     /entered-kpis/<>/dispute                     200   200    200   200  404    403      403     403
POST    /entered-kpis/<>/dispute                     422   422    422   422  404    403      403     403
GET     /entered-kpis/disputed                       302   302    302   302  404    302      403     403
GET     /entered-kpis/load                           200   200    200   -    -      403      403     403
POST    /entered-kpis/load                           422   422    422   -    -      403      403     403
POST    /entered-kpis/load/store                     422   422    422   -    -      403      403     403
GET     /entered-kpis/values/<>                      200   200    200   200  404    200      403     403
GET     /entered-kpis/values/<>/certificate          200   200    200   200  404    200      403     403
POST    /entered-kpis/values/<>/correct              422   422    422   422  404    403      403     403
POST    /entered-kpis/values/<>/confirm              422   422    303   303  404    403      403     403
POST    /entered-kpis/values/<>/question             422   422    422   422  404    403      403     403
POST    /entered-kpis/values/<>/withdraw             422   422    422   422  404    403      403     403
POST    /entered-kpis/values/<>/evidence             422   422    422   422  404    422      403     403
GET     /contracts                                   200   200    403   -    -      200      403     403
GET     /contracts/new                               200   200    403   -    -      403      403     403
POST    /contracts/new                               422   422    403   -    -      403      403     403
GET     /set-up                                      200   200    403   -    -      403      403     200
GET     /agencies                                    200   200    403   -    -      403      403     200
POST    /agencies                                    303   303    403   -    -      403      403     303
GET     /worklists                                   200   200    200   200  404    200      403     403
GET     /worklists/<>                                200   200    200   200  404    200      403     403
GET     /worklists/same-record/mapping.csv           200   200    200   200  404    200      403     403
GET     /references                                  200   200    403   -    -      403      403     403
POST    /references/join                             422   422    403   -    -      403      403     403
POST    /references/part                             404   404    403   -    -      403      403     403
GET     /retender                                    200   200    403   -    -      403      403     403
POST    /retender                                    422   422    403   -    -      403      403     403
GET     /handovers                                   200   200    200   -    -      200      403     403
GET     /handovers/<>                                404   404    404   -    -      404      403     403
POST    /handovers/<>/take-back                      404   404    403   -    -      403      403     403
GET     /handover                                    200   200    403   -    -      403      403     403
POST    /handover                                    422   422    403   -    -      403      403     403
GET     /covered-days                                200   200    403   -    -      403      403     403
POST    /covered-days                                422   422    403   -    -      403      403     403
GET     /data-quality                                200   200    200   200  404    200      403     403
GET     /figures/<>/claim                            200   200    200   200  404    200      404     403
POST    /figures/<>/claim                            422   422    422   422  404    422      403     403
GET     /figures/<>/dispute                          200   200    200   200  404    403      403     403
POST    /figures/<>/dispute                          422   422    422   422  404    403      403     403
GET     /disputes                                    200   200    200   -    -      200      403     403
GET     /calendar                                    200   200    200   -    -      200      403     403
POST    /calendar/feed                               200   200    200   -    -      200      403     403
GET     /reminders                                   200   200    200   -    -      200      403     403
POST    /reminders                                   422   422    422   -    -      422      403     403
GET     /reminders/confirm                           200   200    200   -    -      200      403     403
POST    /reminders/confirm                           422   422    422   -    -      422      403     403
GET     /outbox                                      403   403    403   -    -      403      403     200
POST    /calendar/feed/revoke                        303   303    303   -    -      303      403     403
GET     /return-reviews                              200   200    200   -    -      200      403     403
GET     /return-reviews/<>                           404   404    404   -    -      404      403     403
GET     /return-reviews/number/<>                    404   404    404   -    -      404      403     403
POST    /return-reviews/<>                           404   404    404   -    -      403      403     403
POST    /return-reviews/<>/withdraw                  404   404    404   -    -      403      403     403
GET     /return-reviews/rule                         200   200    403   -    -      403      403     403
POST    /return-reviews/rule                         422   422    403   -    -      403      403     403
GET     /performance-notices                         200   200    200   -    -      200      403     403
GET     /performance-notices/new                     200   200    403   -    -      403      403     403
POST    /performance-notices/new                     422   422    403   -    -      403      403     403
GET     /performance-notices/<>                      200   200    -     200  404    200      403     403
GET     /performance-notices/<>/document             200   200    -     200  404    200      403     403
GET     /performance-notices/<>/edit                 200   200    403   -    -      403      403     403
POST    /performance-notices/<>/edit                 422   422    403   -    -      403      403     403
GET     /performance-notices/<>/<>                   200   200    -     200  404    403      403     403
POST    /performance-notices/<>/<>                   422   422    -     422  404    403      403     403
GET     /commentary                                  200   200    200   -    -      200      403     403
GET     /commentary/new                              200   200    422   200  404    403      403     403
POST    /commentary/new                              422   422    422   422  404    403      403     403
GET     /commentary/<>                               200   200    -     200  404    200      403     403
GET     /commentary/<>/rewrite                       200   200    -     200  404    403      403     403
POST    /commentary/<>/rewrite                       422   422    -     422  404    403      403     403
GET     /meetings                                    200   200    200   -    -      200      403     403
GET     /meetings/new                                200   200    200   -    -      403      403     403
POST    /meetings/new                                422   422    422   -    -      403      403     403
GET     /meetings/<>                                 200   200    -     200  404    200      403     403
GET     /meetings/<>/pack.pdf                        200   200    -     200  404    200      403     403
GET     /meetings/<>/edit                            200   200    -     200  404    403      403     403
POST    /meetings/<>/edit                            422   422    -     422  404    403      403     403
GET     /meetings/<>/minutes                         200   200    -     200  404    403      403     403
POST    /meetings/<>/minutes                         422   422    -     422  404    403      403     403
GET     /meetings/<>/actions/new                     200   200    -     200  404    403      403     403
POST    /meetings/<>/actions/new                     422   422    -     422  404    403      403     403
GET     /meetings/<>/actions/<>                      200   200    -     200  404    403      403     403
POST    /meetings/<>/actions/<>                      422   422    -     422  404    403      403     403
POST    /meetings/<>/<>                              303   303    -     303  404    403      403     403
POST    /commentary/<>/steps                         422   422    -     422  404    403      403     403
GET     /audits                                      200   200    200   -    -      200      403     403
GET     /audits/new                                  200   200    200   -    -      403      403     403
POST    /audits/new                                  422   422    422   -    -      403      403     403
GET     /audits/<>                                   200   200    -     200  404    200      403     403
GET     /audits/<>/files                             200   200    -     200  404    200      403     403
GET     /audits/<>/sheet                             200   200    -     200  404    200      403     403
GET     /audits/<>/draw-again                        200   200    -     200  404    200      403     403
GET     /audits/<>/compare/<>                        200   200    -     200  404    200      403     403
GET     /audits/<>/grid                              200   200    -     200  404    403      403     403
POST    /audits/<>/grid                              422   422    -     422  404    403      403     403
GET     /audits/<>/<>                                200   200    -     200  404    403      403     403
POST    /audits/<>/<>                                422   422    -     422  404    403      403     403
GET     /api/v1/audits                               200   200    200   -    -      200      403     403
GET     /api/v1/audits/item-sets                     200   200    200   -    -      200      403     403
GET     /api/v1/audits/<>                            200   200    -     200  404    200      403     403
GET     /api/v1/audits/<>/compare/<>                 200   200    -     200  404    200      403     403
GET     /api/v1/audits/<>/files                      200   200    -     200  404    200      403     403
GET     /api/v1/audits/<>/draw-again                 200   200    -     200  404    200      403     403
POST    /api/v1/audits                               201   201    -     201  404    403      403     403
POST    /api/v1/audits/<>/marks                      201   201    -     409  404    403      403     403
POST    /api/v1/audits/<>/steps                      201   201    -     409  404    403      403     403
GET     /disputes/<>                                 200   200    404   200  404    200      403     403
POST    /disputes/<>/answers                         422   422    404   422  404    403      403     403
POST    /disputes/<>/close                           422   422    404   422  404    403      403     403
GET     /disputes/<>/rows                            200   200    404   200  404    200      403     403
GET     /disputes/<>/check-evidence                  200   200    404   200  404    200      403     403
POST    /disputes/<>/check-evidence                  422   422    404   422  404    422      403     403
POST    /disputes/<>/rows                            422   422    404   422  404    403      403     403
GET     /disputes/<>/<>                              200   200    404   200  404    403      403     403
POST    /disputes/<>/<>                              422   422    404   422  404    403      403     403
GET     /other-reports                               200   200    200   -    -      200      403     403
POST    /other-reports                               422   422    422   -    -      422      403     403
POST    /other-reports/keep                          422   422    422   -    -      403      403     403
GET     /other-reports/<>                            200   200    404   -    -      200      403     403
GET     /committee-report                            200   200    200   200  404    200      403     403
POST    /committee-report                            422   422    403   403  403    403      403     403
GET     /committee-report/report.<>                  200   200    200   200  404    200      403     403
GET     /committee-reports                           200   200    200   -    -      200      200     403
GET     /committee-reports/<>                        200   200    404   -    -      200      404     403
GET     /committee-reports/<>/report.<>              200   200    404   -    -      200      404     403
GET     /report                                      200   200    200   200  404    200      404     403
POST    /report                                      200   200    200   200  404    200      404     403
GET     /card                                        200   200    200   200  404    200      404     403
GET     /displays                                    200   200    200   -    -      403      403     403
POST    /displays                                    200   200    200   -    -      403      403     403
POST    /displays/<>/end                             404   404    404   -    -      403      403     403
POST    /reasons                                     303   303    303   -    -      303      403     403
GET     /submissions                                 200   200    200   200  404    200      403     403
GET     /submissions/new                             200   200    200   -    -      403      403     403
POST    /submissions/new                             422   422    422   -    -      403      403     403
GET     /submissions/check                           404   404    404   -    -      403      403     403
GET     /submissions/check/rejected.csv              404   404    404   -    -      403      403     403
POST    /submissions/take                            404   404    404   -    -      403      403     403
POST    /submissions/forget                          303   303    303   -    -      403      403     403
GET     /submissions/<>                              200   200    -     200  404    200      403     403
GET     /submissions/<>/changes                      200   200    -     200  404    200      403     403
GET     /submissions/<>/to-correct.csv               200   200    -     200  404    200      403     403
GET     /submissions/why                             200   200    200   -    -      200      403     403
POST    /submissions/withdraw                        400   400    403   -    -      403      403     403
GET     /certificates                                200   200    200   -    -      200      200     403
GET     /certificates/<>                             200   200    200   200  404    200      200     403
GET     /certificates/<>/document                    200   200    200   200  404    200      404     403
GET     /certificates/public-key                     200   200    200   -    -      200      200     403
GET     /certificates/changed                        200   200    200   -    -      200      404     403
GET     /certificates/publish                        200   200    200   -    -      403      403     403
POST    /certificates/publish                        422   422    422   -    -      403      403     403
GET     /certificates/freeze                         200   200    403   -    -      403      403     403
POST    /certificates/freeze                         422   422    403   -    -      403      403     403
GET     /certificates/check                          200   200    200   -    -      200      200     403
POST    /certificates/check                          422   422    422   -    -      422      422     403
GET     /pages                                       200   200    200   -    -      200      200     200
GET     /trail                                       200   200    200   200  404    200      403     403
GET     /trail/export.csv                            200   200    200   200  404    200      403     403
GET     /trail/access                                200   200    403   -    -      200      403     200
GET     /subject-access                              200   200    403   -    -      403      403     403
POST    /subject-access                              200   200    403   -    -      403      403     403
GET     /accounts                                    403   403    403   -    -      403      403     200
GET     /accounts/new                                403   403    403   -    -      403      403     200
POST    /accounts/new                                403   403    403   -    -      403      403     422
GET     /accounts/<>                                 403   403    403   -    -      403      403     200
POST    /accounts/<>                                 403   403    403   -    -      403      403     422
POST    /accounts/<>/close                           403   403    403   -    -      403      403     422
POST    /accounts/<>/link                            403   403    403   -    -      403      403     200
GET     /accounts/tokens                             403   403    403   -    -      403      403     200
POST    /accounts/tokens                             403   403    403   -    -      403      403     422
POST    /accounts/tokens/<>/revoke                   403   403    403   -    -      403      403     303
GET     /health                                      403   403    403   -    -      403      403     200
GET     /metrics                                     403   403    403   -    -      403      403     200
GET     /exports/<>/                                 302   302    302   -    -      302      302     302
GET     /exports/<>/<>                               200   200    200   200  404    200      404     403
"""
"""The status that each is answered with. `comm` is a commissioner who gives no reason, `reason` one who does (a page
asks for it by a form, and not with an error); a provider asks for the `area`, for its `own` agency or for the `other`
one's (of disputes: it is a party to those of its own agencies); `-` stands where no agency can be asked for.
"""

OPEN: Final = {
    ("GET", "/healthz"): 200,
    ("GET", "/calendar/feed/<>.ics"): 404,
    ("GET", "/readyz"): 200,
    ("GET", "/api/v1/docs"): 200,
    ("GET", "/api/v1/openapi.json"): 200,
    ("GET", "/static/<>"): 404,
    ("GET", "/sign-in"): 200,
    ("POST", "/sign-in"): 400,
    ("GET", "/sign-in/link"): 400,
    ("GET", "/sign-in/provider"): 404,
    ("GET", "/sign-in/callback"): 404,
    ("POST", "/sign-out"): 400,
    ("GET", "/account"): 303,
    ("POST", "/account/password"): 400,
    ("GET", "/help"): 200,
    ("GET", "/accessibility"): 200,
    ("GET", "/tour"): 200,
    ("GET", "/board"): 303,
    ("GET", "/board/connect"): 400,
}
"""What anybody may reach, and what nobody in particular is answered there without anything to show."""

SENDING: Final = {
    ("POST", f"{API}/submissions"),
    ("GET", "/submissions/new"),
    ("POST", "/submissions/new"),
    ("GET", "/submissions/check"),
    ("GET", "/submissions/check/rejected.csv"),
    ("POST", "/submissions/take"),
    ("POST", "/submissions/forget"),
}
"""What belongs to sending files."""

OWN, OTHER = "H0001", "H0002"
AS_OF: Final = "2017-02-28"
PERIOD: Final = {"from": "2017-01-01", "to": AS_OF}
REASON: Final = {"Recount-Reason": "the contract's review"}

CLIENT, EPISODE, OTHERS_CLIENT, OTHERS_EPISODE = "REFQUINCE", "EPIQUINCE", "REFMEDLAR", "EPIMEDLAR"
BORN: Final = "1980-05-17"
NAMES: Final = (CLIENT, EPISODE, OTHERS_CLIENT, OTHERS_EPISODE, BORN, "17/05/1980", "QZ")
"""What names a person of these tests: references, a birth date in both ways of writing it, initials."""


SUBJECT: Final = {"first_initial": "Q", "surname_initial": "Z", "born_on": BORN, "sex": "F"}
"""The details of the person whom both agencies know, as they are said at a desk."""


_LINES_A_REQUEST: Final = 20
"""More than any request adds to the trail: all of it is not read again for each of some thousand requests."""


@dataclass
class Filled:
    """The service over two agencies' files, with something published, disputed and verified."""

    app: Flask
    folder: Path
    askers: dict[str, Asker] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    """By owner, a client's number."""
    certificates: dict[str, int] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    """What was written into the service's own log."""
    fresh: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    months: Iterator[int] = field(default_factory=itertools.count)

    def trail(self, limit: int = 1_000_000) -> list[AccessEntry]:
        """The trail of access, the newest first."""
        with self.app.app_context(), reading(services().access_engine) as connection:
            return access.entries(connection, AccessQuery(limit=limit))

    def noted_since(self, number: int) -> list[AccessEntry]:
        """What a request has added to the trail after this line."""
        new = [entry for entry in self.trail(_LINES_A_REQUEST) if entry.number > number]
        assert len(new) < _LINES_A_REQUEST
        return new

    @property
    def names(self) -> re.Pattern[str]:
        """Whatever names a person, as a whole word."""
        return re.compile(rf"\b({'|'.join(map(re.escape, (*NAMES, *self.clients.values())))})\b")


@pytest.fixture(scope="module", params=BACKENDS)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    folder = tmp_path_factory.mktemp("matrix")
    address = f"sqlite:///{folder / 'recount.db'}"
    if request.param != "sqlite":
        server: sa.URL = request.getfixturevalue("postgresql_url")
        address = in_a_schema(server)
    recount = CommandLine(folder, {DATABASE: address, RAW_FILES: "yes", **KEYS})
    _send(recount)
    app = create_app(Settings.from_environment(recount.settings), TESTING=True)
    filled = Filled(app, folder)
    handler = _Keeping(filled.said)
    logging.getLogger().addHandler(handler)
    _prepare(filled)
    yield filled
    logging.getLogger().removeHandler(handler)
    app.extensions["recount"].close()


@pytest.fixture(autouse=True)
def seldom(filled: Filled) -> None:
    """As if the requests of the tests before were long ago: the rates at which one may upload are tested elsewhere."""
    with filled.app.extensions["recount"].counts._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM recount_hit")


class _Keeping(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


def _send(recount: CommandLine) -> None:
    """A client that both know, and one of each."""
    own = [row(CLIENT=CLIENT, EPISODID=EPISODE), row(CLIENT="REFDAMSON", SINITIAL="X")]
    recount("submit", "--received-on", "2017-02-10", write(recount.folder, own))
    february: dict[str, str] = {"first": "20170201", "last": "20170228"}
    recount("submit", "--received-on", "2017-03-10", write(recount.folder, own, **february))
    other = [row(AGNCY=OTHER, CLIENT=OTHERS_CLIENT, EPISODID=OTHERS_EPISODE, SINITIAL="V")]
    recount("submit", "--received-on", "2017-03-13", write(recount.folder, other, agency=OTHER, **february))


def _prepare(filled: Filled) -> None:
    app = filled.app
    commissioner, provider = (
        Asker(app.test_client(), a_token(app, Role.COMMISSIONER)),
        a_token(app, Role.PROVIDER, [OWN]),
    )
    filled.askers = {
        "comm": commissioner,
        "reason": commissioner,
        **dict.fromkeys(("area", "own", "other"), Asker(app.test_client(), provider)),
        "auditor": Asker(app.test_client(), a_token(app, Role.AUDITOR)),
        "public": Asker(app.test_client(), a_token(app, Role.PUBLIC)),
        "admin": Asker(app.test_client(), a_token(app, Role.ADMINISTRATOR)),
    }
    members = filled.askers["auditor"].json("/members", measure="4.0", as_of=AS_OF)["members"]
    by_agency = {member["journey"]["agencies"][0]: member["client"] for member in members}
    filled.clients = {"area": by_agency[OWN], "own": by_agency[OWN], "other": by_agency[OTHER]}
    for owner, agency in AGENCY_OF.items():
        asked = {"measure": "4.0", "as_of": AS_OF} | agency
        filled.certificates[owner] = commissioner.post("/certificates", json=asked).get_json()["number"]
        asked |= {"measure": "4.1"}
        commissioner.post("/disputes", json={**asked, **CLAIMED})
        commissioner.post("/other-reports", data={"report": their_report(), "title": "Theirs"})
    commissioner.post("/cuts", json={"name": "Board", "as_of": AS_OF})
    for owner, agency in AGENCY_OF.items():
        kpi = {**ENTERED, "code": f"X.{owner}", "agencies": list(agency.values())}
        assert commissioner.post("/entered", json=kpi).status_code == 201
    commissioner.post("/verification", json={"standpoints": 1})
    with app.app_context(), services().snapshot() as snapshot:
        positions = snapshot.submissions.positions
        filled.positions = {"area": positions[0], "own": positions[0], "other": positions[2]}


COMPARED: Final = {"name": "Group", "measures": ["4.0"], "areas": ["Derby"], "on": "2017-01-05"}
VALUE: Final = {
    "measure": "4.0",
    "period": "2016",
    "area": "Derby",
    "numerator": "7",
    "denominator": "90",
    "source": "A paper",
    "on": "2017-01-20",
}
VALUES: Final = {
    "file": "values.csv",
    "content": "area,measure,period,percentage\nDerby,4.0,2016,7.5\n",
    "source": "A paper",
    "on": "2017-01-20",
}
ENTERED: Final = {"name": "Packs given", "kind": "count", "frequency": "monthly", "first_day": "1900-01-01"}
KPI_OF: Final = {"area": 1, "own": 2, "other": 3}
"""By owner, the number of the KPI that is entered by hand."""
CLAIMED: Final = {"numerator": 0, "denominator": 2, "reason": "Ours says nobody."}
MINUTES = {"attendees": "Leads", "minutes": "We met."}
AGENCY_OF: Final[dict[str, dict[str, str]]] = {"area": {}, "own": {"agency": OWN}, "other": {"agency": OTHER}}


@dataclass
class Cell:
    """One cell of the table: who asks, and whose records."""

    filled: Filled
    column: str

    @property
    def owner(self) -> str:
        return self.column if self.column in AGENCY_OF else "area"

    @property
    def agency(self) -> dict[str, str]:
        return AGENCY_OF[self.owner]

    @property
    def one(self) -> dict[str, str]:
        return {"measure": "4.0", "as_of": AS_OF} | self.agency

    def word(self) -> str:
        """A name that nothing else has."""
        return f"anything {next(self.filled.fresh)}"

    def account(self) -> int:
        """An account that was made just now."""
        with self.filled.app.app_context(), writing(services().access_engine) as connection:
            word = self.word()
            change = AccountUpdate(Role.AUDITOR, (), accounts.Identity("https://id.example", word))
            return accounts.make_account(connection, word, change, now()).number

    def token(self) -> str:
        """The word of a token that was made just now."""
        return a_token(self.filled.app, Role.AUDITOR).split("_")[1]

    def dispute(self) -> int:
        """An open dispute of the owner."""
        asked = {"measure": "4.1", "as_of": AS_OF} | self.agency | CLAIMED
        found: int = self.filled.askers["comm"].post("/disputes", json=asked).get_json()["number"]
        return found

    def case_file_audit(self) -> int:
        """An audit of the owner's files that was completed."""
        services = self.filled.app.extensions["recount"]
        return complete_one(services, next(iter(self.agency.values()), OWN))

    @property
    def notice_draft(self) -> dict[str, Any]:
        """What a notice to the owner says."""
        agencies = list(self.agency.values()) or [OWN]
        said = {"reasons": "Below target.", "rules": "council-charity"}
        return {"measures": ["4.1"], "as_of": AS_OF, "agencies": agencies} | said

    def notice(self) -> int:
        """A notice that was issued to the owner."""
        comm = self.filled.askers["comm"]
        number: int = comm.post("/performance-notices", json=self.notice_draft).get_json()["number"]
        assert comm.post(f"/performance-notices/{number}/steps", json={"step": "issue"}).status_code == 201
        return number

    @property
    def words(self) -> dict[str, Any]:
        """What is said of a figure of the owner."""
        return self.one | {"words": "Few people.", "share": True}

    def comment(self) -> int:
        """What the commissioner says of a figure of the owner, shared."""
        written = self.filled.askers["comm"].post("/commentary", json=self.words)
        number: int = written.get_json()["number"]
        return number

    @property
    def meeting_terms(self) -> dict[str, Any]:
        """What is planned of a meeting about the owner's agency."""
        return {"day": "2017-07-03", "kind": "contract-review", "agencies": list(self.agency.values())}

    def meeting(self) -> int:
        """A meeting about the owner's agency, with an action."""
        with self.filled.app.app_context():
            register, day = services().register, date(2017, 7, 3)
            council = Author("tester", "commissioner", "commissioner", day, day)
            terms = meetings.NewMeeting(day, "contract-review", tuple(self.agency.values()) or (OWN,))
            number = meetings.plan_meeting(register, terms, council).number
            meetings.write_minutes(register, number, meetings.NewMinutes("Leads", "We met."), council)
            meetings.add_action(register, number, "Audit", "Manager", None, council)
            return number

    def meeting_planned(self) -> int:
        """A meeting about the owner's agency that is still to be held."""
        with self.filled.app.app_context():
            day = date(2017, 7, 3)
            council = Author("tester", "commissioner", "commissioner", day, day)
            terms = meetings.NewMeeting(day, "contract-review", tuple(self.agency.values()) or (OWN,))
            return meetings.plan_meeting(services().register, terms, council).number

    @property
    def target(self) -> dict[str, str]:
        """A target of the owner, as it is set."""
        return {"measure": "4.0", "first_day": "2017-01-01", "last_day": "2017-12-31", "level": "8"} | self.agency

    def target_set(self) -> int:
        """A target that counts."""
        found: int = self.filled.askers["comm"].post("/targets", json=self.target).get_json()["number"]
        return found

    def no_set(self) -> str:
        """Nothing, and no set in use: a measure has one at a time."""
        ask = self.filled.askers["comm"]
        for one in ask.get("/comparators").get_json()["sets"]:
            if one["state"] == "in use":
                ask.post(f"/comparators/sets/{one['number']}/withdraw", json={})
        return ""

    def areas_known(self) -> str:
        """Nothing, and a value of an area."""
        self.comparator_values()
        return ""

    def comparator_set(self) -> int:
        """A set in use."""
        self.no_set()
        found: int = self.filled.askers["comm"].post("/comparators/sets", json=COMPARED).get_json()["number"]
        return found

    def comparator_values(self) -> int:
        """A release in use."""
        found: int = self.filled.askers["comm"].post("/comparators/values", json=VALUE).get_json()["number"]
        return found

    @property
    def schedule(self) -> dict[str, Any]:
        """A contract of the owner on a day of its own, as it is written down."""
        day = (date(1991, 1, 1) + timedelta(days=next(self.filled.fresh))).isoformat()
        line = {"code": "4.0", "wording": "Successful completions"}
        hubs = [{"agency": self.agency.get("agency", OWN)}]
        terms = {"name": "Adult service", "provider": "Wye", "hubs": hubs, "first_day": day, "last_day": day}
        return terms | {"lines": [line]}

    def schedule_drafted(self) -> int:
        """A contract that is a draft."""
        found: int = self.filled.askers["comm"].post("/schedules", json=self.schedule).get_json()["number"]
        return found

    def schedule_to_end(self) -> tuple[int, dict[str, Any], dict[str, str]]:
        """A contract that is agreed, no question, and what ends it on its only day."""
        number = self.schedule_agreed()
        said = self.filled.askers["comm"].json(f"/schedules/{number}")
        return number, {}, {"last_day": said["first_day"], "reason": "Agreed anew."}

    def schedule_agreed(self) -> int:
        """A contract that is agreed."""
        number = self.schedule_drafted()
        self.filled.askers["comm"].post(f"/schedules/{number}/agree", json={"contracts": False})
        return number

    @property
    def month(self) -> dict[str, str]:
        """The days of a month that nothing was entered for."""
        number = next(self.filled.months)
        first_day = date(1900 + number // 12, number % 12 + 1, 1)
        return {"first_day": first_day.isoformat(), "last_day": last_day_of_month(first_day).isoformat()}

    @property
    def value(self) -> dict[str, Any]:
        """A value of the owner, to be entered."""
        return {"code": f"X.{self.owner}", "numerator": 7, **self.month, **self.agency}

    def entered(self) -> tuple[int, str]:
        """A value that the commissioner entered, and the last day of its month."""
        value = self.value
        found: int = self.filled.askers["comm"].post("/entered/values", json=value).get_json()["number"]
        return found, value["last_day"]

    def kpi(self) -> int:
        """A KPI of the owner that has not ended."""
        kpi = {**ENTERED, "code": f"X.new-{next(self.filled.fresh)}", "agencies": list(self.agency.values())}
        found: int = self.filled.askers["comm"].post("/entered", json=kpi).get_json()["number"]
        return found

    @property
    def listed_values(self) -> str:
        """A list with one value of the owner."""
        value, agency = self.value, self.agency.get("agency", "")
        days = f"{value['first_day']},{value['last_day']}"
        return f"code,agency,first_day,last_day,numerator\n{value['code']},{agency},{days},7\n"

    def hub_target(self) -> dict[str, Any]:
        """A target of everybody, and numbers for the provider's hub of it; nothing is said of it yet."""
        target = {"measure": "4.0", "first_day": "2017-01-01", "last_day": "2017-12-31", "level": "8"}
        number = self.filled.askers["comm"].post("/targets", json=target).get_json()["number"]
        return {
            "target": number,
            "first_month": "2017-04-01",
            "hubs": [{"agency": OWN, "numbers": [1, 2]}],
        }

    def shared_out(self) -> int:
        """A target of which numbers were proposed by the commissioner for the provider's hub."""
        found: int = (
            self.filled.askers["comm"].post("/hub-targets", json=self.hub_target()).get_json()["target"]["number"]
        )
        return found

    @property
    def plan_draft(self) -> dict[str, Any]:
        """What a plan of the owner says; a provider always names its own agency."""
        agencies = list(self.agency.values()) or [OWN]
        return {"form": "performance", "title": "Ours", "first_day": AS_OF, "agencies": agencies, "strands": [{}]}

    @property
    def plan_edit(self) -> dict[str, Any]:
        """The same, written anew on the form of the plan that was shared."""
        return {key: said for key, said in self.plan_draft.items() if key != "form"} | {"strands": [{"title": "One"}]}

    def plan(self) -> str:
        """An action plan of the owner that the commissioner shared."""
        ask = self.filled.askers["comm"]
        terms = {"title": "Ours", "first_day": AS_OF, "strand_title": "One", "agencies": self.agency.get("agency", "")}
        form, headers = {"form": "service-improvement"}, ask._headers(None)
        sent = ask.client.post("/action-plans/new", query_string=form, data=terms, headers=headers)
        number = re.findall(r"[0-9]+", sent.location)[0]
        ask.client.post(f"/action-plans/{number}/steps/propose", headers=headers)
        return str(number)

    @property
    def rule(self) -> dict[str, str]:
        """A colour rule of the owner, of a day of its own."""
        day = date(2000, 1, 1) + timedelta(days=next(self.filled.fresh))
        return {"name": "Ours", "first_day": day.isoformat()} | self.agency

    def rule_agreed(self) -> int:
        """A colour rule that counts."""
        response = self.filled.askers["comm"].post("/colour-rules", json={"rules": [self.rule]})
        found: int = response.get_json()["rules"][0]["number"]
        return found

    def file(self) -> dict[str, Any]:
        """The file of a month, only tried."""
        agency = self.agency.get("agency", OWN)
        text = csv_text([row(AGNCY=agency, CLIENT=self.filled_client, EPISODID=EPISODE)])
        part = (io.BytesIO(text.encode()), name(first="20170301", last="20170331", agency=agency))
        return {"file": part, "dry_run": "true"}

    @property
    def filled_client(self) -> str:
        return OTHERS_CLIENT if self.owner == "other" else CLIENT

    def listed(self) -> dict[str, Any]:
        """A claim with the people of it."""
        text = f"AGNCY,CLIENT\n{self.agency.get('agency', OWN)},{self.filled_client}\n"
        return {**self.one, "members": (io.BytesIO(text.encode()), "list.csv")}

    @property
    def episode(self) -> dict[str, str]:
        episode = OTHERS_EPISODE if self.owner == "other" else EPISODE
        agency = self.agency.get("agency", OWN)
        return {"agency": agency, "client_reference": self.filled_client, "episode_reference": episode}


@dataclass(frozen=True)
class Request:
    """What fills the gap in a rule, and what is sent with it."""

    gap: Any = ""
    query: dict[str, Any] = field(default_factory=dict)
    json: Any = None
    data: Any = None


Asks = Callable[[Cell], Request]


def their_report() -> tuple[io.BytesIO, str]:
    """A report of the other party."""
    return io.BytesIO(b"measure,period,percentage\n4.0,Jan-17,5%\n"), "theirs.csv"


def _query(**more: Any) -> Asks:
    return lambda cell: Request(query={**more, **cell.agency})


def _just(**request: Any) -> Asks:
    return lambda _cell: Request(**request)


def _page(*gaps: str) -> Asks:
    return lambda cell: Request(gaps, {"as_of": AS_OF, "known_at": "2017-03-13", **cell.agency})


def _agreed_schedule(cell: Cell) -> Request:
    return Request(cell.schedule_agreed())


def _drafted_schedule(cell: Cell) -> Request:
    return Request(cell.schedule_drafted())


_NO_RETURN: Final = "00000000-0000-0000-0000-000000000001"
_REVIEWED: Final = {"findings": ["cannot-tell"], "lesson": "Nothing to learn."}
_NOW: Final = {"as_of": AS_OF, "known_at": "2017-03-13"}


SENT: Final[dict[tuple[str, str], Asks]] = {
    ("GET", "/plausible"): _just(query={"percentage": "5.5"}),
    ("GET", "/figures"): lambda cell: Request(query=cell.one),
    ("GET", "/series"): _query(measure="4.0", **PERIOD),
    ("GET", "/triangle"): _query(measure="4.0", **PERIOD),
    ("GET", "/profile"): _query(as_of=AS_OF),
    ("GET", "/contribution"): lambda cell: Request(query=cell.one),
    ("GET", "/did-it-help"): _query(measure="4.0", first_day=AS_OF),
    ("GET", "/revisions"): _query(measure="4.0", **PERIOD),
    ("GET", "/forecast"): lambda cell: Request(query=cell.one),
    ("GET", "/coverage"): _just(query=PERIOD),
    ("GET", "/national"): _just(query={"as_of": AS_OF}),
    ("GET", "/claims"): _query(measure="4.0", as_of=AS_OF, numerator=0, denominator=1),
    ("GET", "/scorecard"): _query(as_of=AS_OF),
    ("GET", "/completions-needed"): _query(measure="4.0", as_of=AS_OF),
    ("GET", "/hub-targets"): _just(query={"as_of": AS_OF}),
    ("GET", "/hub-targets/proposal"): lambda cell: Request(query={"as_of": AS_OF, "target": cell.shared_out()}),
    ("POST", "/hub-targets"): lambda cell: Request(json=cell.hub_target()),
    ("POST", "/hub-targets/<>/agree"): lambda cell: Request(cell.shared_out(), json={}),
    ("POST", "/hub-targets/<>/withdraw"): lambda cell: Request(cell.shared_out(), json={"reason": "Once more."}),
    ("POST", "/targets"): lambda cell: Request(json=cell.target),
    ("POST", "/targets/<>/withdraw"): lambda cell: Request(cell.target_set(), json={"reason": "Agreed anew."}),
    ("GET", "/comparators/areas"): lambda cell: Request(cell.areas_known(), {"measure": "4.0"}),
    ("GET", "/comparators/profile"): _query(as_of=AS_OF),
    ("GET", "/comparators/releases/<>"): lambda cell: Request(cell.comparator_values()),
    ("POST", "/comparators/sets"): lambda cell: Request(cell.no_set(), json=COMPARED),
    ("POST", "/comparators/sets/<>/change"): lambda cell: Request(cell.comparator_set(), json=COMPARED),
    ("POST", "/comparators/sets/<>/withdraw"): lambda cell: Request(cell.comparator_set(), json={}),
    ("POST", "/comparators/values"): _just(json=VALUE),
    ("POST", "/comparators/releases"): _just(json=VALUES),
    ("POST", "/comparators/releases/<>/withdraw"): lambda cell: Request(cell.comparator_values(), json={}),
    ("POST", "/schedules"): lambda cell: Request(json=cell.schedule),
    ("GET", "/schedules/<>"): lambda cell: Request(cell.schedule_agreed()),
    ("POST", "/schedules/<>/lines"): lambda cell: Request(
        cell.schedule_agreed(), json={"lines": [{"code": "4.1", "wording": "Non-opiates"}], "reason": "Agreed anew."}
    ),
    ("POST", "/schedules/<>/agree"): lambda cell: Request(cell.schedule_drafted(), json={"contracts": False}),
    ("POST", "/schedules/<>/correct"): lambda cell: Request(
        cell.schedule_agreed(), json={"area": "A001", "reason": "The area was left out."}
    ),
    ("POST", "/schedules/<>/end"): lambda cell: Request(*cell.schedule_to_end()),
    ("POST", "/schedules/<>/discard"): lambda cell: Request(cell.schedule_drafted(), json={}),
    **{("GET", f"//contract/<>/{what}"): _agreed_schedule for what in ("table.csv", "document", "document.pdf")},
    **{
        (method, f"//contract/<>/{what}"): _drafted_schedule
        for method in ("GET", "POST")
        for what in ("terms", "line", "load", "year", "correct", "end")
    },
    ("GET", "//contract/<>/agree"): lambda cell: Request(cell.schedule_drafted()),
    ("POST", "//contract/<>/agree"): lambda cell: Request(cell.schedule_agreed()),
    ("POST", "//contract/<>/discard"): lambda cell: Request(cell.schedule_drafted()),
    ("POST", "/entered"): lambda cell: Request(json={**ENTERED, "code": f"X.one-{next(cell.filled.fresh)}"}),
    ("POST", "/entered/<>/end"): lambda cell: Request(cell.kpi(), json={"last_day": "2017-12-31"}),
    ("GET", "/entered/figures"): _query(as_of=AS_OF),
    ("GET", "/entered/values/<>"): lambda cell: Request(cell.entered()[0]),
    ("GET", "/entered/values/<>/certificate"): lambda cell: Request(cell.entered()[0]),
    ("GET", "//entered-kpis/values/<>/certificate"): lambda cell: Request(cell.entered()[0]),
    ("POST", "/entered/values"): lambda cell: Request(json=cell.value),
    ("POST", "/entered/values/load"): lambda cell: Request(json={"list": cell.listed_values}),
    ("POST", "/entered/values/<>/correct"): lambda cell: Request(
        cell.entered()[0], json={"numerator": 8, "reason": "Counted twice."}
    ),
    ("POST", "/entered/values/<>/confirm"): lambda cell: Request(cell.entered()[0], json={}),
    ("POST", "/entered/values/<>/question"): lambda cell: Request(cell.entered()[0], json={"question": "Sure?"}),
    ("POST", "/entered/values/<>/withdraw"): lambda cell: Request(cell.entered()[0], json={"reason": "Not ours."}),
    ("GET", "//action-plans/new"): _query(measure="4.0", as_of=AS_OF),
    ("POST", "//action-plans/new"): _query(measure="4.0", as_of=AS_OF),
    ("GET", "//action-plans/<>"): lambda cell: Request(cell.plan()),
    ("GET", "//action-plans/<>/edit"): lambda cell: Request(cell.plan()),
    ("POST", "//action-plans/<>/edit"): lambda cell: Request(cell.plan()),
    ("GET", "//action-plans/<>/strands/<>"): lambda cell: Request((cell.plan(), 0)),
    ("POST", "//action-plans/<>/strands/<>"): lambda cell: Request((cell.plan(), 0)),
    ("GET", "//action-plans/<>/steps/<>"): lambda cell: Request((cell.plan(), "withdraw")),
    ("POST", "//action-plans/<>/steps/<>"): lambda cell: Request((cell.plan(), "withdraw")),
    ("GET", "//action-plans/<>/review"): lambda cell: Request(cell.plan()),
    ("POST", "//action-plans/<>/review"): lambda cell: Request(cell.plan()),
    ("GET", "//action-plans/<>/did-it-help"): lambda cell: Request(cell.plan()),
    ("GET", "//action-plans/<>/plan.<>"): lambda cell: Request((cell.plan(), "docx")),
    ("GET", "//entered-kpis"): _query(as_of=AS_OF),
    ("GET", "//entered-kpis/<>"): lambda cell: Request(KPI_OF[cell.owner]),
    ("GET", "//entered-kpis/<>/end"): lambda cell: Request(KPI_OF[cell.owner]),
    ("POST", "//entered-kpis/<>/end"): lambda cell: Request(KPI_OF[cell.owner]),
    ("GET", "//entered-kpis/<>/enter"): lambda cell: Request(KPI_OF[cell.owner], {"last_day": AS_OF, **cell.agency}),
    ("POST", "//entered-kpis/<>/enter"): lambda cell: Request(KPI_OF[cell.owner], {"last_day": AS_OF, **cell.agency}),
    ("POST", "//entered-kpis/<>/confirm"): lambda cell: Request(KPI_OF[cell.owner]),
    ("GET", "//entered-kpis/<>/dispute"): lambda cell: Request(KPI_OF[cell.owner], {"as_of": cell.entered()[1]}),
    ("POST", "//entered-kpis/<>/dispute"): lambda cell: Request(KPI_OF[cell.owner], {"as_of": cell.entered()[1]}),
    ("GET", "//entered-kpis/disputed"): lambda cell: Request(query={"measure": f"X.{cell.owner}", "as_of": AS_OF}),
    ("GET", "//entered-kpis/values/<>"): lambda cell: Request(cell.entered()[0]),
    ("POST", "//entered-kpis/values/<>/correct"): lambda cell: Request(cell.entered()[0]),
    ("POST", "//entered-kpis/values/<>/confirm"): lambda cell: Request(cell.entered()[0]),
    ("POST", "//entered-kpis/values/<>/question"): lambda cell: Request(cell.entered()[0]),
    ("POST", "//entered-kpis/values/<>/withdraw"): lambda cell: Request(cell.entered()[0]),
    ("POST", "//entered-kpis/values/<>/evidence"): lambda cell: Request(cell.entered()[0]),
    ("POST", "/colour-rules"): lambda cell: Request(json={"rules": [cell.rule]}),
    ("POST", "/colour-rules/trial"): lambda cell: Request(json={"rules": [cell.rule]}),
    ("POST", "/colour-rules/<>/change"): lambda cell: Request(
        cell.rule_agreed(), json=cell.rule | {"name": "Ours, changed"}
    ),
    ("POST", "/colour-rules/<>/withdraw"): lambda cell: Request(cell.rule_agreed(), json={"reason": "Agreed anew."}),
    ("GET", "/worklists"): _query(as_of=AS_OF),
    ("GET", "/worklists/<>"): lambda cell: Request("start-tops-due", {"as_of": AS_OF, **cell.agency}),
    ("GET", "/data-quality"): _query(**PERIOD),
    ("GET", "/members"): lambda cell: Request(query=cell.one),
    ("GET", "/waiting"): _query(as_of=AS_OF),
    ("GET", "/differences"): _query(measure="4.0", as_of=AS_OF, to_as_of="2017-01-31"),
    ("POST", "/claims"): lambda cell: Request(data=cell.listed()),
    ("POST", "/certificates/<>/member-proof"): lambda cell: Request(
        cell.filled.certificates[cell.owner], json={"client": cell.filled.clients[cell.owner]}
    ),
    ("GET", "/log"): _query(),
    ("POST", "/log/search"): lambda cell: Request(json={"episode": cell.episode}),
    ("POST", "/subject-access"): _just(json={"identity": SUBJECT}),
    ("POST", "//subject-access"): _just(data={"case": "SAR 12", "as": "page", **SUBJECT}),
    ("GET", "/certificates/<>"): lambda cell: Request(cell.filled.certificates[cell.owner]),
    ("GET", "/cuts/<>"): _just(gap=4),
    ("GET", "/changed"): lambda cell: Request(query={"position": cell.filled.positions[cell.owner]}),
    ("POST", "/certificates"): lambda cell: Request(json=cell.one),
    ("POST", "/cuts"): lambda cell: Request(json={"name": cell.word(), "as_of": AS_OF}),
    ("POST", "/other-reports/compare"): lambda _cell: Request(data={"report": their_report()}),
    ("POST", "/other-reports"): lambda _cell: Request(data={"report": their_report(), "title": "Theirs"}),
    ("GET", "/other-reports/<>"): lambda _cell: Request(1),
    ("GET", "/committee-report"): _query(as_of=AS_OF),
    ("GET", "//committee-report"): _page(),
    ("POST", "//committee-report"): lambda cell: Request(
        query={"as_of": AS_OF, "known_at": "2017-03-13", **cell.agency}
    ),
    ("POST", "/committee-reports"): lambda _cell: Request(json={"as_of": AS_OF, "name": "Board"}),
    ("GET", "/committee-reports/<>"): lambda _cell: Request(1),
    ("GET", "//committee-reports/<>"): lambda _cell: Request(1),
    ("GET", "//committee-reports/<>/report.<>"): lambda _cell: Request((1, "json")),
    ("GET", "//committee-report/report.<>"): lambda cell: Request(
        "json", query={"as_of": AS_OF, "known_at": "2017-03-13", **cell.agency}
    ),
    ("GET", "//other-reports/<>"): lambda _cell: Request(1),
    ("GET", "/action-plans/<>"): lambda cell: Request(cell.plan()),
    ("POST", "/action-plans"): lambda cell: Request(json=cell.plan_draft),
    ("POST", "/action-plans/<>/edit"): lambda cell: Request(cell.plan(), json=cell.plan_edit),
    ("POST", "/action-plans/<>/steps"): lambda cell: Request(
        cell.plan(), json={"step": "withdraw", "words": "Not needed."}
    ),
    # No return is in these files: what is written of one is tested in test_return_reviews.
    ("GET", "/return-reviews/<>"): lambda _cell: Request(_NO_RETURN),
    ("POST", "/return-reviews/<>"): lambda _cell: Request(_NO_RETURN, json=_REVIEWED),
    ("POST", "/return-reviews/<>/correct"): lambda _cell: Request(_NO_RETURN, json=_REVIEWED),
    ("POST", "/return-reviews/<>/withdraw"): lambda _cell: Request(_NO_RETURN, json={"reason": "Wrong return"}),
    ("POST", "/return-reviews/rules"): lambda _cell: Request(json={"agency": OWN, "days": 28}),
    ("GET", "//return-reviews/<>"): lambda _cell: Request(_NO_RETURN),
    ("GET", "//return-reviews/number/<>"): lambda _cell: Request(9),
    ("POST", "//return-reviews/<>"): lambda _cell: Request(_NO_RETURN),
    ("POST", "//return-reviews/<>/withdraw"): lambda _cell: Request(_NO_RETURN),
    ("GET", "/performance-notices/<>"): lambda cell: Request(cell.notice()),
    ("GET", "/commentary/<>"): lambda cell: Request(cell.comment()),
    ("POST", "/commentary"): lambda cell: Request(json=cell.words),
    ("POST", "/commentary/<>/versions"): lambda cell: Request(cell.comment(), json={"words": "Few people still."}),
    ("POST", "/commentary/<>/steps"): lambda cell: Request(cell.comment(), json={"step": "withdraw"}),
    ("GET", "/meetings/<>"): lambda cell: Request(cell.meeting()),
    ("POST", "/meetings"): lambda cell: Request(json=cell.meeting_terms),
    ("POST", "/meetings/<>/edit"): lambda cell: Request(cell.meeting_planned(), json=cell.meeting_terms),
    ("POST", "/meetings/<>/minutes"): lambda cell: Request(cell.meeting(), json=MINUTES),
    ("POST", "/meetings/<>/actions"): lambda cell: Request(cell.meeting(), json={"text": "Audit", "owner": "Manager"}),
    ("POST", "/meetings/<>/actions/<>"): lambda cell: Request((cell.meeting(), 1), json={"outcome": "done"}),
    ("POST", "/meetings/<>/steps"): lambda cell: Request(cell.meeting_planned(), json={"step": "cancel"}),
    ("GET", "//commentary/new"): lambda cell: Request(query=_NOW | cell.agency | {"measure": "4.0"}),
    ("POST", "//commentary/new"): lambda cell: Request(query=_NOW | cell.agency | {"measure": "4.0"}),
    ("GET", "//meetings/<>"): lambda cell: Request(cell.meeting()),
    ("GET", "//meetings/<>/pack.pdf"): lambda cell: Request(cell.meeting()),
    ("GET", "//meetings/<>/edit"): lambda cell: Request(cell.meeting()),
    ("POST", "//meetings/<>/edit"): lambda cell: Request(cell.meeting()),
    ("GET", "//meetings/<>/minutes"): lambda cell: Request(cell.meeting()),
    ("POST", "//meetings/<>/minutes"): lambda cell: Request(cell.meeting()),
    ("GET", "//meetings/<>/actions/new"): lambda cell: Request(cell.meeting()),
    ("POST", "//meetings/<>/actions/new"): lambda cell: Request(cell.meeting()),
    ("GET", "//meetings/<>/actions/<>"): lambda cell: Request((cell.meeting(), 1)),
    ("POST", "//meetings/<>/actions/<>"): lambda cell: Request((cell.meeting(), 1)),
    ("POST", "//meetings/<>/<>"): lambda cell: Request((cell.meeting_planned(), "cancel")),
    ("GET", "//commentary/<>"): lambda cell: Request(cell.comment()),
    ("GET", "//commentary/<>/rewrite"): lambda cell: Request(cell.comment()),
    ("POST", "//commentary/<>/rewrite"): lambda cell: Request(cell.comment()),
    ("POST", "//commentary/<>/steps"): lambda cell: Request(cell.comment(), data={"step": "share"}),
    ("POST", "/performance-notices"): lambda cell: Request(json=cell.notice_draft),
    ("POST", "/performance-notices/<>/steps"): lambda cell: Request(
        cell.notice(), json={"step": "meet about", "words": "We met.", "attendees": "Leads of both"}
    ),
    ("GET", "/disputes/<>"): lambda cell: Request(cell.dispute()),
    ("POST", "/disputes"): lambda cell: Request(json={**cell.one, "measure": "4.1", **CLAIMED}),
    ("POST", "/disputes/<>/answers"): lambda cell: Request(cell.dispute(), json={"statement": "We look."}),
    ("POST", "/disputes/<>/close"): lambda cell: Request(cell.dispute(), json={"outcome": "Agreed."}),
    ("GET", "/disputes/<>/account"): lambda cell: Request(cell.dispute()),
    ("GET", "/disputes/<>/references"): lambda cell: Request(cell.dispute()),
    ("POST", "/disputes/<>/rows"): lambda cell: Request(cell.dispute(), json={"list": "nobody"}),
    ("POST", "/disputes/<>/row-answers"): lambda cell: Request(
        cell.dispute(), json={"answers": [{"row": 1, "verdict": "accepted"}]}
    ),
    ("POST", "/disputes/<>/steps"): lambda cell: Request(
        cell.dispute(), json={"step": "escalate", "words": "It goes on."}
    ),
    ("GET", "/submissions"): _query(),
    ("GET", "/reviews"): _query(),
    ("GET", "/submissions/<>"): lambda cell: Request(3 if cell.owner == "other" else 1),
    ("GET", "/submissions/<>/rejections"): lambda cell: Request(3 if cell.owner == "other" else 1),
    ("GET", "/submissions/<>/changes"): lambda cell: Request(3 if cell.owner == "other" else 1),
    ("POST", "/submissions"): lambda cell: Request(data=cell.file()),
    ("POST", "/contracts"): lambda cell: Request(
        json={"agency": cell.agency.get("agency", OWN), "first_day": "2017-01-01", "dry_run": True}
    ),
    ("GET", "/handovers/<>"): lambda _cell: Request("1"),
    ("POST", "/handovers/<>/undo"): lambda _cell: Request("1", json={}),
    ("POST", "/retenders"): _just(
        json={"passes": [{"from_agency": OWN, "to_agency": "N0001"}], "on": "2017-03-01", "dry_run": True}
    ),
    ("GET", "//handovers/<>"): lambda _cell: Request("1"),
    ("POST", "//handovers/<>/take-back"): lambda _cell: Request("1"),
    ("POST", "/handovers"): _just(json={"from_agency": OWN, "to_agency": OTHER, "on": "2017-03-01", "dry_run": True}),
    ("POST", "/rekeys"): lambda cell: Request(
        json={
            "mapping": [{**cell.episode, "new_client_reference": "NEW", "new_episode_reference": "NEW"}],
            "dry_run": True,
        }
    ),
    ("POST", "/covered-days"): lambda cell: Request(
        json={"submission": 3 if cell.owner == "other" else 1, "none": True, "reason": "a trial", "dry_run": True}
    ),
    ("POST", "/withdrawals"): lambda cell: Request(json={**cell.episode, "dry_run": True}),
    ("POST", "/verification"): _just(json={"standpoints": 1}),
    ("POST", "/accounts"): lambda cell: Request(
        json={"name": cell.word(), "role": "auditor", "issuer": "https://id.example", "subject": cell.word()}
    ),
    ("GET", "/accounts/<>"): lambda cell: Request(cell.account()),
    ("PATCH", "/accounts/<>"): lambda cell: Request(cell.account(), json={"role": "public"}),
    ("DELETE", "/accounts/<>"): lambda cell: Request(cell.account()),
    ("POST", "/tokens"): lambda cell: Request(json={"name": cell.word(), "role": "auditor"}),
    ("DELETE", "/tokens/<>"): lambda cell: Request(cell.token()),
    ("GET", "//"): _page(),
    ("GET", "//figures/<>"): _page("4.0"),
    ("GET", "//figures/<>/definition"): _page("4.0"),
    ("GET", "//profile"): _page(),
    ("GET", "//contribution"): _page(),
    ("GET", "//home"): _page(),
    ("GET", "//home/clients"): _page(),
    ("GET", "//figures/<>/members"): _page("4.0"),
    ("GET", "//figures/<>/members/<>"): _page("4.0", "1"),
    ("GET", "//figures/<>/why"): _page("4.0"),
    ("GET", "//figures/<>/why/<>"): _page("4.0", "1"),
    ("GET", "//figures/<>/revisions"): _page("4.0"),
    ("GET", "//worklists"): _page(),
    ("GET", "//figures/<>/claim"): _page("4.0"),
    ("POST", "//figures/<>/claim"): _page("4.0"),
    ("GET", "//figures/<>/dispute"): _page("4.0"),
    ("POST", "//figures/<>/dispute"): _page("4.0"),
    ("GET", "//performance-notices/new"): lambda _cell: Request(query=_NOW),
    ("POST", "//performance-notices/new"): lambda _cell: Request(query=_NOW),
    **{
        (method, f"//audits/<>{rest}"): lambda cell, rest=rest: Request(  # type: ignore[misc]
            (one := cell.case_file_audit(), *(("finding",) if rest == "/<>" else (one,) if "<>" in rest else ()))
        )
        for method, rest in (
            *(("GET", one) for one in ("", "/files", "/sheet", "/draw-again", "/compare/<>", "/grid", "/<>")),
            ("POST", "/grid"),
            ("POST", "/<>"),
        )
    },
    ("GET", "/audits/<>"): lambda cell: Request(cell.case_file_audit()),
    ("GET", "/audits/<>/compare/<>"): lambda cell: Request((one := cell.case_file_audit(), one)),
    ("GET", "/audits/<>/files"): lambda cell: Request(cell.case_file_audit()),
    ("GET", "/audits/<>/draw-again"): lambda cell: Request(cell.case_file_audit()),
    ("POST", "/audits"): lambda cell: Request(
        json={
            "purpose": "Are the plans up to date?",
            "agencies": list(cell.agency.values()) or [OWN],
            "as_of": "2017-01-31",
            "wanted": 2,
            "item_set": "plans-and-risks",
        }
    ),
    ("POST", "/audits/<>/marks"): lambda cell: Request(
        cell.case_file_audit(), json={"marks": [{"place": 1, "item": "risk-assessment", "mark": "ip"}]}
    ),
    ("POST", "/audits/<>/steps"): lambda cell: Request(
        cell.case_file_audit(), json={"step": "finding", "words": "Plans are missing."}
    ),
    ("GET", "//performance-notices/<>"): lambda cell: Request(cell.notice()),
    ("GET", "//performance-notices/<>/document"): lambda cell: Request(cell.notice()),
    ("GET", "//performance-notices/<>/edit"): lambda cell: Request(cell.notice()),
    ("POST", "//performance-notices/<>/edit"): lambda cell: Request(cell.notice()),
    ("GET", "//performance-notices/<>/<>"): lambda cell: Request((cell.notice(), "meeting")),
    ("POST", "//performance-notices/<>/<>"): lambda cell: Request((cell.notice(), "meeting")),
    ("GET", "//disputes/<>"): lambda cell: Request(cell.dispute()),
    ("POST", "//disputes/<>/answers"): lambda cell: Request(cell.dispute()),
    ("POST", "//disputes/<>/close"): lambda cell: Request(cell.dispute()),
    ("GET", "//disputes/<>/check-evidence"): lambda cell: Request(cell.dispute()),
    ("POST", "//disputes/<>/check-evidence"): lambda cell: Request(cell.dispute()),
    ("GET", "//disputes/<>/rows"): lambda cell: Request(cell.dispute()),
    ("POST", "//disputes/<>/rows"): lambda cell: Request(cell.dispute()),
    ("GET", "//disputes/<>/<>"): lambda cell: Request((cell.dispute(), "review")),
    ("POST", "//disputes/<>/<>"): lambda cell: Request((cell.dispute(), "review")),
    ("GET", "//card"): _page(),
    ("GET", "//displays"): lambda _cell: Request(),
    ("POST", "//displays"): lambda _cell: Request(data={"name": "Staff room"}),
    ("POST", "//displays/<>/end"): lambda _cell: Request("x"),
    ("GET", "//report"): _page(),
    ("POST", "//report"): lambda cell: Request(
        query={"as_of": AS_OF, "known_at": "2017-03-13", **cell.agency}, data={"as": "docx"}
    ),
    ("GET", "//worklists/<>"): _page("waiting"),
    ("GET", "//worklists/same-record/mapping.csv"): _page(),
    ("GET", "//data-quality"): _page(),
    ("GET", "//submissions"): _query(),
    ("GET", "//submissions/<>"): lambda cell: Request(3 if cell.owner == "other" else 1),
    ("GET", "//submissions/<>/changes"): lambda cell: Request(3 if cell.owner == "other" else 1),
    ("GET", "//completions-needed"): _page(),
    ("GET", "//completions-needed/<>"): _page("4.0"),
    ("GET", "//contract/hub-targets"): lambda _cell: Request(query=_NOW),
    ("GET", "//contract/hub-targets/<>"): lambda cell: Request(cell.shared_out(), _NOW),
    ("POST", "//contract/hub-targets/<>/agree"): lambda cell: Request(cell.shared_out(), _NOW),
    ("POST", "//contract/hub-targets/<>/withdraw"): lambda cell: Request(cell.shared_out(), _NOW),
    ("GET", "//contract/hub-targets/<>/propose"): lambda cell: Request(cell.shared_out(), _NOW),
    ("POST", "//contract/hub-targets/<>/propose"): lambda cell: Request(
        cell.shared_out(),
        _NOW,
        data={"shape": f"1 {OWN}", "first_month": "2017-05-01", "whole": "2", "n0-0": "2", "rule": "typed in"},
    ),
    ("GET", "//contract/colour-rules/samples/<>"): _just(gap="wirral"),
    ("GET", "//contract/colour-rules/<>"): lambda cell: Request(cell.rule_agreed()),
    ("GET", "//contract/colour-rules/<>/change"): lambda cell: Request(cell.rule_agreed()),
    ("POST", "//contract/colour-rules/<>/change"): lambda cell: Request(cell.rule_agreed()),
    ("POST", "//contract/colour-rules/<>/withdraw"): lambda cell: Request(cell.rule_agreed()),
    ("GET", "//targets/<>"): lambda cell: Request(cell.target_set()),
    ("POST", "//targets/<>/withdraw"): lambda cell: Request(cell.target_set()),
    ("GET", "//comparators/of/<>"): _just(gap="4.0"),
    ("GET", "//comparators/<>"): lambda cell: Request(cell.comparator_set()),
    ("GET", "//comparators/<>/change"): lambda cell: Request(cell.comparator_set()),
    ("POST", "//comparators/<>/change"): lambda cell: Request(cell.comparator_set()),
    ("POST", "//comparators/<>/withdraw"): lambda cell: Request(cell.comparator_set()),
    ("GET", "//comparators/values/<>"): lambda cell: Request(cell.comparator_values()),
    ("POST", "//comparators/values/<>/withdraw"): lambda cell: Request(cell.comparator_values()),
    ("GET", "//submissions/<>/to-correct.csv"): lambda cell: Request(3 if cell.owner == "other" else 1),
    ("GET", "//certificates/<>"): lambda cell: Request(cell.filled.certificates[cell.owner]),
    ("GET", "//certificates/<>/document"): lambda cell: Request(cell.filled.certificates[cell.owner]),
    ("GET", "//trail"): _query(),
    ("GET", "//trail/export.csv"): _query(),
    ("GET", "//accounts/<>"): lambda cell: Request(cell.account()),
    ("POST", "//accounts/<>"): lambda cell: Request(cell.account()),
    ("POST", "//accounts/<>/close"): lambda cell: Request(cell.account()),
    ("POST", "//accounts/<>/link"): lambda cell: Request(cell.account()),
    ("POST", "//accounts/tokens/<>/revoke"): lambda cell: Request(cell.token()),
    ("GET", "//exports/<>/"): _just(gap="csv"),
    ("GET", "//exports/<>/<>"): _page("csv", "figures/4.0"),
    ("POST", "//reasons"): _just(data={"key": "4.0 - - False False", "next": "/", "reason": "the contract's review"}),
}
"""By method and rule (below /api/v1; of a page with another / before it), what a good request of it holds."""


def _rows() -> list[tuple[str, str, dict[str, int]]]:
    heading, *lines = (line.split() for line in TABLE.strip().splitlines() if line)
    return [
        (method, rule, {who: int(status) for who, status in zip(heading[2:], cells, strict=True) if status != "-"})
        for method, rule, *cells in lines
    ]


ROWS: Final = _rows()
IDS: Final = [f"{method} {rule}" for method, rule, _ in ROWS]


def _request(method: str, rule: str, cell: Cell) -> tuple[str, dict[str, Any]]:
    """Where to send a good request of an endpoint, and with what."""
    key = rule.removeprefix(API) if rule.startswith(API) else f"/{rule}"
    sent = SENT.get((method, key), _just())(cell)
    given = {name: value for name, value in (("json", sent.json), ("data", sent.data)) if value is not None}
    for gap in sent.gap if isinstance(sent.gap, tuple) else [sent.gap]:
        rule = rule.replace("<>", str(gap), 1)
    return rule, given | {"query_string": sent.query}


def _ask(client: FlaskClient, method: str, path: str, headers: dict[str, str], given: dict[str, Any]) -> TestResponse:
    # A page of figures completes its own address first.
    return client.open(path, method=method, headers=headers, follow_redirects=path.startswith("/figures/"), **given)


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


CHANCE: Final = re.compile(r'name="csrf_token" value="[^"]*"')
"""Letters drawn at random: two initials come up among them now and then."""


PDF_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)


def text_of(response: TestResponse) -> str:
    """What was answered; of a document for an office program the texts in it."""
    body = response.get_data()
    if body.startswith(b"%PDF"):
        # What is compressed has any letters by chance; headings and the document's own words stand beside it.
        body = PDF_STREAM.sub(b"", body)
    if not body.startswith(b"PK"):
        return CHANCE.sub("", body.decode(errors="replace"))
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        return "\n".join(parts.read(part).decode() for part in parts.namelist() if part.endswith((".xml", ".rels")))


def _names_nobody(filled: Filled, response: TestResponse) -> None:
    """That no address and no error of an answer names a person."""
    names = filled.names
    for header in ("Link", "Location", "Content-Location", "Content-Disposition"):
        assert not names.search(response.headers.get(header, "")), (header, response.request.path)
    if response.status_code >= 400:
        assert not names.search(text_of(response)), text_of(response)


def test_every_endpoint_has_its_line(filled: Filled) -> None:
    gaps = re.compile("<[^>]*>")
    there = {
        (method, gaps.sub("<>", rule.rule))
        for rule in filled.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {(method, rule) for method, rule, _ in ROWS} | set(OPEN)
    assert there - written == set()
    assert written - there == set()
    assert {endpoint for endpoint in FILES if endpoint not in filled.app.view_functions} == set()


@pytest.mark.parametrize(("method", "rule", "cells"), ROWS, ids=IDS)
def test_what_each_role_is_answered(filled: Filled, method: str, rule: str, cells: dict[str, int]) -> None:
    found = {}
    for column in cells:
        ask = filled.askers[column]
        path, given = _request(method, rule, Cell(filled, column))
        headers = _bearer(ask.token) | (REASON if column == "reason" else {})
        newest = next((entry.number for entry in filled.trail(1)), 0)
        response = _ask(ask.client, method, path, headers, given)
        found[column] = response.status_code
        _names_nobody(filled, response)
        _is_noted(filled, column, response, filled.noted_since(newest))
        if rule.startswith(API) and response.status_code >= 400:
            assert_problem(response, response.status_code, response.get_json()["code"])
        if column == "comm" and response.status_code == 403 and cells["reason"] < 300:
            assert response.get_json()["code"] == "reason-needed"
    assert found == cells


def _is_noted(filled: Filled, column: str, response: TestResponse, new: list[AccessEntry]) -> None:
    """That a refusal of somebody known is in the trail, and a look at single clients."""
    refusals = [entry.question["code"] for entry in new if entry.deed == Deed.REFUSED]
    if response.status_code == 403:
        assert len(refusals) == 1, response.request.path
    elif response.status_code == 404 and column in {"own", "other"}:
        assert refusals == ["not-own"], response.request.path
    elif response.status_code == 404 and column in {"area", "public"}:
        assert refusals in ([], ["not-own"]), response.request.path
    else:
        assert refusals == []
    if not any(entry.deed == Deed.LOOKED for entry in new):
        assert not filled.names.search(text_of(response)), "shown, and nothing noted"
    assert not filled.names.search(repr(new))


on_one_database: Final = pytest.mark.parametrize("filled", BACKENDS[:1], indirect=True, scope="module")
"""For what is decided before any table of figures is read."""


@on_one_database
@pytest.mark.parametrize(("method", "rule", "cells"), ROWS, ids=IDS)
def test_nobody_is_answered_nothing(filled: Filled, method: str, rule: str, cells: dict[str, int]) -> None:
    path, given = _request(method, rule, Cell(filled, "area"))
    for who in (None, *_no_more(filled)):
        _, given = _request(method, rule, Cell(filled, "area"))
        headers = _bearer(who) if who else {}
        response = filled.app.test_client().open(path, method=method, headers=headers, **given)
        if rule.startswith(API):
            assert_problem(response, 401, "not-signed-in")
        else:
            # Of a form without the word of our own pages nobody asks further who sent it.
            assert response.status_code in ({303} if method == "GET" else {400, 401})
        _names_nobody(filled, response)
    if method == "GET":
        response = _closed(filled).open(path, method=method, **given)
        assert response.status_code == (401 if rule.startswith(API) else 303)


def _no_more(filled: Filled) -> list[str]:
    """Tokens that held once: one has ended, one was revoked."""
    with filled.app.app_context(), writing(services().access_engine) as connection:
        ended, revoked = (
            tokens.make_token(connection, "old", Role.COMMISSIONER, (), (), 1, "tester", now() - timedelta(days=2)),
            tokens.make_token(connection, "old", Role.COMMISSIONER, (), (), None, "tester", now()),
        )
        tokens.revoke(connection, revoked.split("_")[1], now())
    return [ended, revoked]


def _closed(filled: Filled) -> FlaskClient:
    """A browser in which somebody had signed in whose account was closed since."""
    client, number = filled.app.test_client(), Cell(filled, "area").account()
    with filled.app.app_context(), reading(services().access_engine) as connection:
        word = accounts.session_word(connection, number)
    with client.session_transaction() as session:
        moment = now().timestamp()
        session.update({"_user_id": f"{accounts.KEY}{number}", "word": word, "began": moment, "seen": moment})
    assert client.get(f"{API}/definitions").status_code == 200
    with filled.app.app_context(), writing(services().access_engine) as connection:
        accounts.close_account(connection, number, now())
    return client


@on_one_database
@pytest.mark.parametrize(("method", "rule", "cells"), ROWS, ids=IDS)
def test_a_scope_opens_nothing_else(filled: Filled, method: str, rule: str, cells: dict[str, int]) -> None:
    """A token for sending files alone."""
    token = a_token(filled.app, Role.COMMISSIONER, scopes=[Right.SUBMIT])
    path, given = _request(method, rule, Cell(filled, "reason"))
    response = _ask(filled.app.test_client(), method, path, _bearer(token) | REASON, given)
    if (method, rule) in SENDING:
        assert response.status_code == cells["comm"]
    elif rule in {"/", "/home"}:
        assert response.status_code == 302
    else:
        assert response.status_code == 403


@pytest.mark.parametrize(("method", "rule"), OPEN)
def test_what_anybody_may_reach(filled: Filled, method: str, rule: str) -> None:
    response = filled.app.test_client().open(rule.replace("<>", "nothing"), method=method)
    assert response.status_code == OPEN[method, rule]


def test_client_level_passes_to_the_successor(filled: Filled) -> None:
    """The old provider's contract ends, and from the next day on the other one continues its service."""
    commissioner, old = filled.askers["comm"], filled.askers["own"]
    new = Asker(filled.app.test_client(), a_token(filled.app, Role.PROVIDER, [OTHER]))
    query = {"measure": "4.0", "as_of": AS_OF, "agency": OWN}
    assert old.get("/members", **query).status_code == 200
    assert_problem(new.get("/members", **query), 404, "not-found")
    ended = today() - timedelta(days=30)
    for said in (
        {"agency": OWN, "first_day": "2017-01-01", "last_day": ended.isoformat()},
        {"agency": OTHER, "first_day": (ended + timedelta(days=1)).isoformat(), "succeeds": OWN},
    ):
        assert commissioner.post("/contracts", json=said).status_code == 201
    for path, asked in (("/members", query), ("/waiting", {"as_of": AS_OF, "agency": OWN}), ("/log", {"agency": OWN})):
        assert_problem(old.get(path, **asked), 404, "not-found")
        shown = new.get(path, **asked)
        assert shown.status_code == 200
    assert [member["client"] for member in new.json("/members", **query)["members"]].count(None) == 0
    assert old.get("/figures", **query).status_code == 200


def test_errors_name_nobody(filled: Filled) -> None:
    """References and numbers in places where they are refused."""
    ask, said = filled.askers["reason"], len(filled.said)
    client = filled.clients["own"]
    unknown = {"agency": OWN, "client_reference": CLIENT, "episode_reference": "EPIMEDLAR"}
    listed = (io.BytesIO(f"AGNCY,CLIENT,{BORN}\n{OWN},{CLIENT}\n".encode()), f"{CLIENT}.csv")
    headless = csv_text([row(CLIENT=CLIENT)]).partition("\n")[2]
    answers = [
        ask.post("/withdrawals", json=unknown),
        ask.post("/log/search", REASON, json={"client": CLIENT}),
        ask.post("/log/search", REASON, json={"client": client, "episode": unknown}),
        ask.post("/log/search", REASON, json={"episode": {**unknown, "agency": f"{CLIENT}!"}}),
        ask.post("/certificates/1/member-proof", REASON, json={"client": CLIENT}),
        ask.post("/claims", REASON, data={"measure": "4.0", "as_of": AS_OF, "members": listed}),
        ask.post("/submissions", data={"file": (io.BytesIO(headless.encode()), name())}),
        ask.post("/disputes", json={"measure": CLIENT, "as_of": AS_OF, **CLAIMED}),
    ]
    for response in answers:
        assert 400 <= response.status_code < 500, (response.request.path, response.status_code)
        _names_nobody(filled, response)
    assert not filled.names.search("\n".join(filled.said[said:]))


def test_the_service_wrote_nobodys_name(filled: Filled) -> None:
    """Over everything that was asked above."""
    assert not filled.names.search("\n".join(filled.said))
    assert not filled.names.search(json.dumps([entry.question for entry in filled.trail()], default=str))
