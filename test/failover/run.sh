#!/bin/sh
# npm run test:failover -- [--runs N] [--seed S] [--only K]: masters that are promoted, die, come back, and fall silent.
#   --runs N   that many runs of the sweep (test/failover/draw.ts); 20 within test:all
#   --seed S   what is drawn; each report names its own, so that a run can be had again. By default a new one
#   --only K   of these runs only that one
set -eu
cd "$(dirname "$0")/../.."
FAILOVER_SEED=${FAILOVER_SEED:-new}
export FAILOVER_SEED
while [ "$#" -gt 0 ]; do
  case $1,${2:-} in
    --runs,[1-9]*) FAILOVER_RUNS=$2 && export FAILOVER_RUNS ;;
    --seed,[0-9]*) FAILOVER_SEED=$2 ;;
    --only,[0-9]*) FAILOVER_ONLY=$2 && export FAILOVER_ONLY ;;
    *)
      sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
      exit 2
      ;;
  esac
  shift 2
done
sh test/setup.sh
# A word after the last flag would be taken for its value.
exec node_modules/.bin/vitest run test/failover --root . --config test/vitest.config.ts --disable-console-intercept
