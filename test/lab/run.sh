#!/bin/sh
# npm run test:matrix -- [GROUP...]: the same script on every major, shell, userland, privilege, downloader and locale.
#   GROUP  of test/lab/cells.ts: major shell userland privilege downloader locale skew collation; and settings, which
#          holds the catalogue of settings against every server; without one all of them
# What passed is noted in test/lab/verified.json, from which README.md has its table.
set -eu
cd "$(dirname "$0")/../.."
sh test/setup.sh
sh test/lab/build.sh
MATRIX_GROUPS=${*:-major shell userland privilege downloader locale skew collation settings}
export MATRIX_GROUPS
exec node_modules/.bin/vitest run test/lab --root . --config test/vitest.config.ts
