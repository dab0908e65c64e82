#!/bin/sh
# Installs packages of Debian or Ubuntu, as root: sh install.sh PACKAGE... No service is started and no cluster of the
# machine is touched. Ends with 1 where it cannot.
set -eu
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

policy=/usr/sbin/policy-rc.d

main() {
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1 || exit 1
  wrote_policy=no
  trap allow_services EXIT
  trap 'exit 1' INT TERM
  forbid_services
  # When all together fail, each by itself: one that a release does not have must not cost the others.
  apt "$@" || {
    apt-get update -q </dev/null >&2
    apt "$@" || for package in "$@"; do apt "$package" || :; done
  }
}

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >&2
}

# invoke-rc.d asks policy-rc.d before it starts anything: 101 means no (Debian Policy 9.3.3.1). So the cluster "main"
# that postgresql makes for port 5432 stays stopped, and so does nginx.
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
