"""Reads an iCalendar from standard input with the library `icalendar` and prints as JSON what it says.

Times are told twice: by the zone as the system knows it, and by the VTIMEZONE that the calendar brings.
"""

import json
import sys
from datetime import timezone

from icalendar import Calendar

raw = sys.stdin.buffer.read()
lines = raw.split(b"\r\n")
wrong = [f"line {n} has {len(line)} octets" for n, line in enumerate(lines) if len(line) > 75]
if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
    wrong.append("a line does not end in CRLF")

calendar = Calendar.from_ical(raw)
for component in calendar.walk():
    wrong += [f"{component.name}: {name}: {why}" for name, why in component.errors]
zones = {str(zone["TZID"]): zone for zone in calendar.walk("VTIMEZONE")}
own = {name: zone.to_tz(lookup_tzid=False) for name, zone in zones.items()}


def moment(prop):
    told = prop.dt
    name = prop.params.get("TZID")
    utc = told.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    by_own = utc
    if name is not None:
        local = told.replace(tzinfo=None)
        by_own = local.replace(tzinfo=own[name]).astimezone(timezone.utc)
        by_own = by_own.isoformat().replace("+00:00", "Z")
    return {"utc": utc, "byVtimezone": by_own, "zone": name}


def event(one):
    text = lambda name: None if one.get(name) is None else str(one.get(name))
    return {
        "uid": text("UID"),
        "summary": text("SUMMARY"),
        "description": text("DESCRIPTION"),
        "location": text("LOCATION"),
        "status": text("STATUS"),
        "sequence": int(one["SEQUENCE"]),
        "modified": one["LAST-MODIFIED"].dt.isoformat(),
        "start": moment(one["DTSTART"]),
        "end": moment(one["DTEND"]),
    }


print(
    json.dumps(
        {
            "wrong": wrong,
            "name": str(calendar.get("NAME")),
            "zones": sorted(zones),
            "events": [event(one) for one in calendar.walk("VEVENT")],
        }
    )
)
