#!/bin/sh
# Installs what the tests need, where that can be done: as root on Debian or Ubuntu. Anywhere
# else it names what is missing, one "NOT RUN" line each, and leaves with 0; the tests count what they skip.
# Run again it does nothing. No service is started and no cluster of the machine is touched.
set -eu
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

main() {
  missing=$(list_missing)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -eq 0 ]; then
    # shellcheck disable=SC2086 # a list of words
    sh "$(dirname "$0")/../generator/demo/install.sh" $missing || :
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
  # What a network of containers is made by, and their names are told by.
  [ -e /usr/lib/podman/netavark ] || echo netavark
  [ -e /usr/lib/podman/aardvark-dns ] || echo aardvark-dns
  lacks iptables iptables
  lacks crun crun
  lacks catatonit catatonit
  lacks podman-compose podman-compose
  lacks mmdebstrap mmdebstrap
  lacks zstd zstd
  lacks openssl openssl
  lacks chromium chromium
  lacks mksh mksh
  lacks yash yash
  lacks zsh zsh
  lacks fish fish
  lacks groff groff-base
  [ -e /usr/share/i18n/locales/de_DE ] || echo locales
}

lacks() {
  command -v "$1" >/dev/null 2>&1 || echo "$2"
}

server_package() {
  if apt-cache show postgresql-15 >/dev/null 2>&1; then echo postgresql-15; else echo postgresql; fi
}

main "$@"
