#!/bin/sh
# ROOT: the locales of a root that has their sources; one of them is not UTF-8.
set -eu
[ -e "$1/usr/share/i18n/locales/de_DE" ] || exit 0
chroot "$1" localedef -i de_DE -f ISO-8859-1 de_DE.ISO-8859-1
chroot "$1" localedef -i de_DE -f UTF-8 de_DE.UTF-8
