#!/bin/sh
# Prints the version that the program has, such as 0.1.0-dev. It stands in ircd/version.go
# alone.
set -eu
sed -n 's/^const release = "\(.*\)"$/\1/p' "$(dirname "$0")/../version.go"
