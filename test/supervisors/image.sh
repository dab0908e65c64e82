#!/bin/sh
# Makes an image that is laid out like the official one of PostgreSQL 15 (docker-library/postgres), from the lab's root of
# bookworm: user postgres with number 999, gosu, neither curl nor wget, a volume, its entrypoint, SIGINT to stop it.
#   sh image.sh ROOT STORE: STORE is a directory of images that podman reads beside its own.
# What was made by the same recipe stays.
set -eu
umask 022
root=$1 store=$2
recipe=$(cat "$root.made" "$0" | sha256sum | cut -c 1-16)

main() {
  mkdir -p "$store"
  exec 9>"$store.lock"
  flock 9
  [ "$(cat "$store.made" 2>/dev/null)" != "$recipe" ] || return 0
  work=$(mktemp -d)
  trap 'umount "$work/all" 2>/dev/null || :; rm -rf "$work"' EXIT
  mkdir "$work/upper" "$work/work" "$work/all"
  # On a disk of its own the upper part would be lost with it; here it only lives until the archive is made.
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" "$work/all"
  lay_out "$work/all"
  pack "$work/all" "$work/image.tar"
  load "$work/image.tar"
  printf '%s\n' "$recipe" >"$store.made"
}

lay_out() {
  chroot "$1" groupmod -g 999 postgres
  chroot "$1" usermod -u 999 -g 999 postgres >/dev/null
  rm -f "$1/usr/bin/curl" "$1/usr/bin/wget"
  # From within: /var/run is a link, which leads to that of this host elsewhere.
  chroot "$1" mkdir -p /var/lib/postgresql/data /var/run/postgresql
  chroot "$1" chown -R 999:999 /var/lib/postgresql /var/run/postgresql
  chmod 1777 "$1/var/lib/postgresql/data"
}

# Less what no replica reads, half of all.
pack() {
  tar -C "$1" --one-file-system -c -f "$2" --exclude=./usr/share/doc --exclude=./usr/share/man \
    --exclude=./usr/share/locale --exclude='*/libLLVM*' --exclude=./usr/share/i18n --exclude=./usr/share/perl \
    --exclude=./var/lib/dpkg --exclude=./var/lib/apt --exclude=./var/cache .
}

load() {
  rm -rf "$store"
  mkdir -p "$store"
  # What podman keeps beside its storage is for this run alone.
  # shellcheck disable=SC2016 # the inner shell expands these
  unshare --mount --propagation private sh -euc '
    for dir in /dev/shm /run/libpod /run/containers /var/lib/containers; do
      mkdir -p "$dir"
      mount -t tmpfs tmpfs "$dir"
    done
    exec podman "$@"' podman \
    --root "$store" --runroot "$work/run" --storage-driver overlay import -q \
    --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin' \
    --change 'ENV LANG=C.UTF-8' --change 'ENV PG_MAJOR=15' --change 'ENV PGDATA=/var/lib/postgresql/data' \
    --change 'VOLUME /var/lib/postgresql/data' --change 'ENTRYPOINT ["docker-entrypoint.sh"]' \
    --change 'STOPSIGNAL SIGINT' --change 'EXPOSE 5432' --change 'CMD ["postgres"]' \
    "$1" docker.io/library/postgres:15 >/dev/null
}

main
