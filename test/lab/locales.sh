#!/bin/sh
# ROOT: the locales of a root that has their sources; none of them is UTF-8 but C.UTF-8, which libc has.
set -eu
[ -e "$1/usr/share/i18n/locales/de_DE" ] || exit 0
chroot "$1" localedef -i de_DE -f ISO-8859-1 de_DE.ISO-8859-1
