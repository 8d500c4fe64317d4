"""Verifies one message with the library of Standard Webhooks; prints `ok`, or why not."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

question = json.load(sys.stdin)
try:
    Webhook(question["secret"]).verify(question["body"], question["headers"])
    print("ok")
except WebhookVerificationError as error:
    print(f"refused: {error}")
