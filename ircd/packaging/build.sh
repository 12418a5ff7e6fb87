#!/bin/sh
# Builds the program as it is released: ircd/packaging/build.sh SYSTEM ARCHITECTURE OUTPUT
set -eu
cd "$(dirname "$0")/../.."
export GOOS="$1" GOARCH="$2" CGO_ENABLED=0 GOFLAGS= GOAMD64=v1 GOARM=6
exec go build -trimpath -buildvcs=auto -ldflags '-s -w -buildid=' -o "$3" ./ircd
