#!/bin/sh
# Builds the Debian package into dist/, with dpkg-deb alone: ircd/packaging/debian/build.sh [ARCH]
# As a release, it is the same wherever it is built.
set -eu
cd "$(dirname "$0")/../../.."
umask 022
export LC_ALL=C TZ=UTC

arch=${1:-amd64}
case $arch in
armhf) goarch=arm ;;
*) goarch=$arch ;;
esac
version=$(ircd/packaging/version.sh | tr - '~')
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH

root=dist/deb-$arch
rm -rf "$root"
doc=$root/usr/share/doc/parley
install -d "$root/DEBIAN" "$root/usr/bin" "$root/usr/lib/systemd/system" "$root/usr/lib/sysusers.d" \
	"$root/usr/share/man/man8" "$root/usr/share/man/man5" "$root/etc/parley" "$doc/examples"
ircd/packaging/build.sh linux "$goarch" "$root/usr/bin/ircd"
install -m 644 ircd/packaging/parley.service "$root/usr/lib/systemd/system"
install -m 644 ircd/packaging/debian/sysusers.conf "$root/usr/lib/sysusers.d/parley.conf"
gzip -n -9 <docs/man/ircd.8 >"$root/usr/share/man/man8/ircd.8.gz"
gzip -n -9 <docs/man/parley.toml.5 >"$root/usr/share/man/man5/parley.toml.5.gz"
gzip -n -9 <CHANGELOG.md >"$doc/changelog.gz"
install -m 644 README.md "$doc"
install -m 644 ircd/packaging/debian/copyright "$doc/copyright"
install -m 644 default.toml "$doc/examples"
cp -R docs/manual docs/reference docs/monitoring ircd/packaging/fail2ban "$doc"
for script in postinst prerm postrm; do install -m 755 "ircd/packaging/debian/$script" "$root/DEBIAN"; done

size=$(du -sk --exclude=DEBIAN "$root" | cut -f1)
sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" ircd/packaging/debian/control >"$root/DEBIAN/control"
(cd "$root" && find . -type f ! -path './DEBIAN/*' | LC_ALL=C sort | sed 's,^\./,,' | xargs md5sum >DEBIAN/md5sums)
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

file=dist/parley_${version}_$arch.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$file" >/dev/null
rm -rf "$root"
echo "$file"
