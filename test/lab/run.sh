#!/bin/sh
# npm run test:matrix -- [GROUP...]: the same script on every major, shell, userland, privilege, downloader and locale.
#   GROUP  of test/lab/cells.ts: major durability standby archive rewind libpq published shell userland privilege downloader locale
#          skew collation; master, which runs master.sql on each major; and settings, which holds the catalogue of settings against every
#          server; without one all of them
# What passed is noted in test/lab/verified.json, from which test/README.md has its table.
set -eu
cd "$(dirname "$0")/../.."
sh test/setup.sh
sh test/lab/build.sh
MATRIX_GROUPS=${*:-major durability standby archive rewind libpq published shell userland privilege downloader locale skew collation master settings}
export MATRIX_GROUPS
# A file of which no test is wanted would be a failure.
set --
case " $MATRIX_GROUPS " in
  *' settings '*) set -- test/lab/settings.test.ts ;;
  *) ;;
esac
case " $MATRIX_GROUPS " in
  *' master '*) set -- "$@" test/lab/master.test.ts ;;
  *) ;;
esac
for group in $MATRIX_GROUPS; do
  case $group in
    settings | master) ;;
    *)
      set -- "$@" test/lab/matrix.test.ts
      break
      ;;
  esac
done
exec node_modules/.bin/vitest run "$@" --root . --config test/vitest.config.ts
