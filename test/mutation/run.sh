#!/bin/sh
# npm run test:mutation -- [--faults N] [--seed S]: puts faults into the real script and model, and counts those
# that the compiler finds.
#   --faults N that many, spread over the classes of test/mutation/faults.ts; 240 without it
#   --seed S   what is drawn, else something new each time; each report names its own
set -eu
MUTATION_SEED=$(date +%s)
MUTATION_FAULTS=240
export MUTATION_SEED MUTATION_FAULTS
cd "$(dirname "$0")/../.."
while [ "$#" -gt 0 ]; do
  case $1,${2:-} in
    --faults,[1-9]*) MUTATION_FAULTS=$2 ;;
    --seed,[0-9]*) MUTATION_SEED=$2 ;;
    *)
      sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
      exit 2
      ;;
  esac
  shift 2
done
# A word after the last flag would be taken for its value.
exec node_modules/.bin/vitest run test/mutation --root . --config test/vitest.config.ts --disable-console-intercept
