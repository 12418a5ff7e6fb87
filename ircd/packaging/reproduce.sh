#!/bin/sh
# Builds the release of the last commit twice, from clones in folders of different names,
# and compares what comes out.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for folder in one another; do
	git clone --quiet --no-hardlinks "$here" "$work/$folder"
	(cd "$work/$folder" && ircd/packaging/release.sh linux/amd64 >/dev/null &&
		if command -v dpkg-deb >/dev/null; then ircd/packaging/debian/build.sh amd64 >/dev/null; fi)
done
cd "$work/one/dist"
for file in *.tar.gz $(ls -- *.deb 2>/dev/null || :); do
	cmp "$file" "$work/another/dist/$file"
	echo "$file is the same twice: $(sha256sum "$file" | cut -d' ' -f1)"
done
