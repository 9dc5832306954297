#!/bin/sh
# Any language that speaks HTTP: a chat, its receipt, and the state of its proof.
#
#   sh examples/chat.sh [GATEWAY]
set -eu
gateway=${1:-http://127.0.0.1:10000/v1}

answer=$(curl -sS --fail-with-body "$gateway/chat/completions" -H 'content-type: application/json' -d '{
  "model": "cocoon-tiny",
  "messages": [{"role": "user", "content": "Say hello"}]
}')
echo "$answer"

receipt=$(echo "$answer" | sed 's/.*"receipts":\[{"id":"\([0-9a-f]*\)".*/\1/')
curl -sS --fail-with-body -o /dev/null -D - "$gateway/receipts/$receipt" | grep '^x-cocoon'
