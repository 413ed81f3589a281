#!/bin/sh
# A double click opens the studio on a Mac. Close this window to end it.
exec "$(dirname "$0")/scripts/studio" "$@"
