"""Python, with nothing installed: a streamed answer, its tier, cost and receipt.

    python3 examples/chat.py [GATEWAY]
"""

import json
import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

gateway = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:10000/v1"
question = {
    "model": "cocoon-tiny",
    "messages": [{"role": "user", "content": "What is a worker?"}],
    "stream": True,
    "stream_options": {"include_usage": True},
}
headers = {
    "content-type": "application/json",
    "authorization": "Bearer " + os.environ.get("COCOON_GATEWAY_KEY", "unused"),
}
request = Request(gateway + "/chat/completions", json.dumps(question).encode(), headers)
try:
    answer = urlopen(request)
except HTTPError as refused:
    sys.exit(json.load(refused)["error"]["message"])

facts = None
for line in answer:
    event = line.decode().removeprefix("data: ").strip()
    if event in ("", "[DONE]"):
        continue
    chunk = json.loads(event)
    if "error" in chunk:
        sys.exit(chunk["error"]["message"])
    for choice in chunk["choices"]:
        print(choice["delta"].get("content") or "", end="", flush=True)
    facts = chunk.get("cocoon", facts)
if facts is None:
    sys.exit("the answer broke off")
receipt = facts["receipts"][0]
print(f"\n{receipt['tier']}, {facts['amountNanotons']} nanotons, receipt {receipt['id']}")
