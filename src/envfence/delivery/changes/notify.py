"""Tell the result where the team reads: a webhook as Slack has it. What cannot be sent stops nothing."""

import http.client
import json
import urllib.error
import urllib.request

TIMEOUT = 10  # seconds


def sent(webhook: str, text: str) -> str:
    """Send a text; return "" if it was taken, else why not, without the address: that is a credential."""
    if not webhook:
        return "no webhook has a value"
    if not webhook.startswith(("https://", "http://")):
        return "the webhook is no URL"
    body = json.dumps({"text": text}).encode()
    try:
        request = urllib.request.Request(webhook, body, {"Content-Type": "application/json"})  # noqa: S310 checked above
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return "" if answer.status < http.HTTPStatus.BAD_REQUEST else f"it answers {answer.status}"
    except urllib.error.HTTPError as error:
        return f"it answers {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"nobody answers: {type(error).__name__}"
