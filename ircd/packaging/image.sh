#!/bin/sh
# Makes the file system of the image without a container engine, and lets the server run
# in it as the image would: nothing but its files, no root, no libraries. Needs root for
# chroot. It listens on ports 16697 and 18097.
set -eu
cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null || :; wait "$pid" 2>/dev/null || :; rm -rf "$root"' EXIT
pid=

chmod 755 "$root"
mkdir -p "$root/etc/parley" "$root/etc/ssl/certs"
install -d -m 700 -o 65532 -g 65532 "$root/data"
cp ircd/packaging/container.toml "$root/etc/parley/parley.toml"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
ircd/packaging/build.sh linux "$(go env GOARCH)" "$root/ircd"

export PARLEY__LISTENER__1__ADDRESS=127.0.0.1:16697 PARLEY__LISTENER__2__ADDRESS=127.0.0.1:18097
chroot --userspec=65532:65532 "$root" /ircd run --config /etc/parley/parley.toml &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
	if chroot --userspec=65532:65532 "$root" /ircd status --config /etc/parley/parley.toml; then
		echo "The server runs in $(du -sh "$root" | cut -f1), as nobody."
		exit 0
	fi
	sleep 1
done
echo "The server does not answer in the image." >&2
exit 1
