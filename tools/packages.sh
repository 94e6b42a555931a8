#!/bin/sh
# Makes what is released, in a directory that must not exist: .deb, .rpm and .apk for each architecture, the plain binaries, a
# container image as an OCI layout, an SBOM for each, and SHA256SUMS. The same commit gives the same bytes, wherever it is built.
# Usage: tools/packages.sh OUT [ARCH...]
#   VERSION=1.2.3           (default: of git)        KINDS="deb rpm"    fewer kinds of packages
#   MINISIGN_KEY=FILE       signs SHA256SUMS (minisign)
set -eu
umask 022
[ $# -ge 1 ] || { echo "usage: tools/packages.sh OUT [ARCH...]" >&2; exit 2; }
mkdir "$1"
out=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- amd64 arm64 riscv64
go=${GO:-go}
export CGO_ENABLED=0 GOFLAGS=-mod=readonly TZ=UTC LC_ALL=C

# The commit's time is the time of everything.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
if [ -z "${VERSION:-}" ]; then
	VERSION=$(git describe --tags --exact-match 2>/dev/null | sed 's/^v//') || true
	# Between releases: counts up, and sorts before the first one.
	[ -n "$VERSION" ] || VERSION="0.0.0-dev.$(git rev-list --count HEAD)+g$(git rev-parse --short=12 HEAD)"
fi
MAINTAINER=${MAINTAINER:-Bootlace <bootlace-net@users.noreply.github.com>}
STAGE=$(mktemp -d)
export VERSION MAINTAINER STAGE
trap 'rm -rf "$STAGE"' EXIT
tool() { (cd tools/packages && "$go" build -o "$STAGE/tool-$1" "$2") }
tool nfpm github.com/goreleaser/nfpm/v2/cmd/nfpm
tool sbom ./sbom
tool ocilayout ./ocilayout

# What is the same for all architectures.
"$go" build -tags packaging -o "$STAGE/helper" ./cmd/bootlace
mkdir "$STAGE/man"
"$STAGE/helper" man "$STAGE/man" 2>/dev/null
rm -f "$STAGE"/man/bootlace-man.1 "$STAGE"/man/bootlace-carried.1
gzip -9n "$STAGE"/man/*
"$STAGE/helper" carried >"$STAGE/carried.json" 2>/dev/null
for shell in bash zsh fish; do "$STAGE/helper" completion $shell >"$STAGE/bootlace.$shell"; done
sed 's|/usr/local/bin|/usr/bin|; /^# systemd unit/,/^#   systemd-sysusers/d' contrib/bootlace.service >"$STAGE/bootlace.service"
{ printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: Bootlace\nSource: https://github.com/bootlace-net/bootlace\n\nFiles: *\nCopyright: 2025-2026 the Bootlace authors\nLicense: Apache-2.0\n On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n\nFiles: usr/bin/bootlace\nCopyright: 2025-2026 the Bootlace authors; the iPXE authors, for the network-boot programs that it carries\nLicense: Apache-2.0 and GPL-2.0-or-later\nComment: /usr/share/doc/bootlace/THIRD_PARTY.md lists what is compiled in, and where the source of each is.\n\nLicense: GPL-2.0-or-later\n On Debian systems the text is in /usr/share/common-licenses/GPL-2.\n\nLicense: Apache-2.0 and GPL-2.0-or-later\n See the two above.\n'; } >"$STAGE/copyright"
printf 'bootlace (%s-1) unstable; urgency=medium\n\n  * See /usr/share/doc/bootlace/CHANGELOG.md.\n\n -- %s  %s\n' "$(echo "$VERSION" | sed 's/-/~/')" "$MAINTAINER" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$STAGE/changelog.Debian.gz"
# Go links statically; "zlib" is what Go's own compress/zlib and the iPXE programs hold.
printf 'bootlace: statically-linked-binary [usr/bin/bootlace]\nbootlace: embedded-library zlib [usr/bin/bootlace]\n' >"$STAGE/lintian"
gzip -9n <CHANGELOG.md >"$STAGE/changelog.gz"

cp -r packaging/*.sh configs/examples "$STAGE/"
sed "s|packaging/after|$STAGE/after|; s|packaging/before|$STAGE/before|" packaging/nfpm.yaml >"$STAGE/nfpm.yaml"
echo "mtime: $(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" >>"$STAGE/nfpm.yaml"

images=""
for ARCH; do
	export ARCH
	file="$out/bootlace-linux-$ARCH"
	GOOS=linux GOARCH=$ARCH "$go" build -trimpath -ldflags "-s -w -buildid= -X main.version=$VERSION" -o "$file" ./cmd/bootlace
	cp "$file" "$STAGE/bootlace"
	"$STAGE/tool-sbom" "$file" <"$STAGE/carried.json" >"$STAGE/sbom.json"
	cp "$STAGE/sbom.json" "$file.cdx.json"
	# nfpm: a "tree" takes the times of its directories from the disk, whatever mtime says, and a script in an .apk does.
	find "$STAGE" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
	for kind in ${KINDS-deb rpm apk}; do "$STAGE/tool-nfpm" package --config "$STAGE/nfpm.yaml" --packager $kind --target "$out/" >"$STAGE/told" 2>&1 || { cat "$STAGE/told" >&2; exit 1; }; done
	images="$images $ARCH=$file"
done
# shellcheck disable=SC2086 # a list
"$STAGE/tool-ocilayout" "$out/image" "$(echo "$VERSION" | tr + _)" "$SOURCE_DATE_EPOCH" $images
# One file of it, for "podman load" and "docker load".
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$out/image" -cf "$out/image.tar" .

cd "$out"
find . -type f ! -name SHA256SUMS | LC_ALL=C sort | sed 's|^\./||' | xargs -d '\n' sha256sum >SHA256SUMS
if [ -n "${MINISIGN_KEY:-}" ]; then minisign -S -W -s "$MINISIGN_KEY" -m SHA256SUMS -t "bootlace $VERSION" </dev/null >/dev/null; fi
ls
