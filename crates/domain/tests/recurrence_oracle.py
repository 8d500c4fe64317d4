"""What python-dateutil makes of rules, as an oracle for the expansion in crates/domain/src/recurrence.

Reads cases as JSON lines from standard input and writes the occurrences of each as a JSON line. The
rule is expanded on local clocks by dateutil. The zone is applied with zoneinfo: `fold=0` counts in a
gap with the offset before it, which moves the start forward, and in a fold with the first of two.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr


def instant(local, zone):
    return local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)


def expand(case):
    zone = ZoneInfo(case["zone"])
    start, end = (datetime.fromisoformat(case[side]) for side in ("start", "end"))
    elapsed = instant(end, zone) - instant(start, zone)
    exceptions = {datetime.fromisoformat(one) for one in case["exceptions"]}
    first, last = (datetime.fromisoformat(case[side]) for side in ("from", "to"))
    parts = [part for part in case["rule"].split(";") if not part.endswith("Z")]
    ends = [part for part in case["rule"].split(";") if part.endswith("Z")]
    until = None
    if ends:
        text = ends[0].removeprefix("UNTIL=")
        until = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    beyond = last.replace(tzinfo=None) + timedelta(days=3)
    found = {}
    for local in takewhile(lambda one: one < beyond, rrulestr(";".join(parts), dtstart=start)):
        begins = instant(local, zone)
        kept = local not in exceptions and (until is None or begins <= until)
        if kept and begins < last and begins + elapsed > first:
            found.setdefault(begins, (local, begins + elapsed))
    return [
        [local.isoformat(), int(begins.timestamp()), int(ends.timestamp())]
        for begins, (local, ends) in sorted(found.items())
    ]


for line in sys.stdin:
    print(json.dumps(expand(json.loads(line))))
