#!/bin/sh
# Builds what is released into dist/: a static program with manuals for each system, as
# a tar.gz, and SHA256SUMS. What comes out depends on the commit and the version of Go
# alone: no times, paths, users or host names get in, so that anybody can build the same.
#
#   ircd/packaging/release.sh [SYSTEM/ARCHITECTURE...]
set -eu
cd "$(dirname "$0")/../.."
umask 022
export LC_ALL=C TZ=UTC

targets="${*:-linux/amd64 linux/arm64 linux/arm linux/riscv64 freebsd/amd64 freebsd/arm64 openbsd/amd64 darwin/amd64 darwin/arm64}"
version=$(ircd/packaging/version.sh)
time=$(git log -1 --format=%ct 2>/dev/null || echo 0)

mkdir -p dist
for target in $targets; do
	os=${target%/*} arch=${target#*/}
	name=parley-$version-$os-$arch
	rm -rf "dist/$name"
	mkdir -p "dist/$name/man"
	ircd/packaging/build.sh "$os" "$arch" "dist/$name/ircd"
	cp README.md LICENSE CHANGELOG.md default.toml "dist/$name"
	cp -R docs "dist/$name/docs"
	mv "dist/$name"/docs/man/* "dist/$name/man"
	rmdir "dist/$name/docs/man"
	if [ "$os" = linux ]; then cp -R ircd/packaging/parley.service ircd/packaging/fail2ban "dist/$name"; fi
	tar --create --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw --format=ustar \
		--directory=dist "$name" | gzip -n -9 >"dist/$name.tar.gz"
	rm -rf "dist/$name"
	echo "dist/$name.tar.gz"
done
(cd dist && sha256sum -- *.tar.gz $(ls -- *.deb 2>/dev/null || :) >SHA256SUMS)
echo dist/SHA256SUMS
