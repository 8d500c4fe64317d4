"""Reads CSV from standard input with Python's own module and prints rows as JSON."""

import csv
import io
import json
import sys

raw = sys.stdin.buffer.read().decode("utf-8")
rows = list(csv.reader(io.StringIO(raw, newline=""), strict=True))
print(json.dumps({"header": rows[0], "rows": [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]}))
