#!/bin/sh
# Installs what the tests and the demo need, where that can be done: as root on Debian or Ubuntu. Anywhere
# else it names what is missing, one "NOT RUN" line each, and leaves with 0; the tests count what they skip.
# Run again it does nothing. No service is started and no cluster of the machine is touched.
set -eu
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

main() {
  missing=$(list_missing)
  [ -n "$missing" ] || return 0
  if can_install; then
    install_packages "$missing" || :
    missing=$(list_missing)
  fi
  for package in $missing; do
    printf 'NOT RUN: tests that need %s, which is not installed here\n' "$package"
  done
}

# Each package by one file that proves it.
list_missing() {
  ls /usr/lib/postgresql/15/bin/postgres >/dev/null 2>&1 || server_package
  ls /usr/lib/postgresql/15/bin/pgbench >/dev/null 2>&1 || echo postgresql-contrib
  lacks pg_createcluster postgresql-common
  lacks nginx nginx-light
  lacks busybox busybox
  lacks shellcheck shellcheck
  lacks curl curl
  lacks wget wget
  lacks gosu gosu
  lacks setpriv util-linux
  lacks mount mount
  lacks mkfs.ext4 e2fsprogs
  lacks systemd-analyze systemd
  lacks systemd-nspawn systemd-container
  lacks ip iproute2
  lacks podman podman
  lacks crun crun
  lacks podman-compose podman-compose
  lacks mmdebstrap mmdebstrap
  lacks zstd zstd
  lacks openssl openssl
  lacks mksh mksh
  lacks yash yash
  [ -e /usr/share/i18n/locales/de_DE ] || echo locales
}

lacks() {
  command -v "$1" >/dev/null 2>&1 || echo "$2"
}

server_package() {
  if apt-cache show postgresql-15 >/dev/null 2>&1; then echo postgresql-15; else echo postgresql; fi
}

can_install() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1
}

# When all together fail, each by itself: one that a release does not have must not cost the others.
install_packages() {
  policy=/usr/sbin/policy-rc.d
  wrote_policy=no
  trap allow_services EXIT
  trap 'exit 1' INT TERM
  forbid_services
  # shellcheck disable=SC2086 # a list of words
  set -- $1
  apt "$@" || {
    apt-get update -q </dev/null >&2
    apt "$@" || for package in "$@"; do apt "$package" || :; done
  }
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >&2
}

# invoke-rc.d asks policy-rc.d before it starts anything: 101 means no (Debian Policy 9.3.3.1). So the
# cluster "main" that postgresql makes for port 5432 stays stopped, and so does nginx.
forbid_services() {
  [ ! -e "$policy" ] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  wrote_policy=yes
}

allow_services() {
  [ "$wrote_policy" = no ] || rm -f "$policy"
}

main "$@"
