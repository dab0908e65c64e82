#!/bin/sh
# npm run test:crash -- [--runs N] [--seed S] [--only K] [--terms N] [--shells "S…"]: kills lives of the script and runs it again.
#   --runs N   that many runs of the sweep (test/crash/draw.ts); 12 within test:all, 3 within npm test
#   --seed S   what is drawn; each report names its own, so that a run can be had again. By default a new one
#   --only K   of these runs only that one
#   --terms N  that many SIGTERMs under each shell; 4 within test:all, 1 within npm test
#   --shells S what /bin/sh is, by chance one of these words: dash bash busybox mksh yash (the default)
set -eu
cd "$(dirname "$0")/../.."
CRASH_SEED=${CRASH_SEED:-new}
export CRASH_SEED
while [ "$#" -gt 0 ]; do
  case $1,${2:-} in
    --runs,[1-9]*) CRASH_RUNS=$2 && export CRASH_RUNS ;;
    --seed,[0-9]*) CRASH_SEED=$2 ;;
    --only,[0-9]*) CRASH_ONLY=$2 && export CRASH_ONLY ;;
    --terms,[1-9]*) CRASH_TERMS=$2 && export CRASH_TERMS ;;
    --shells,?*) CRASH_SHELLS=$2 && export CRASH_SHELLS ;;
    *)
      sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
      exit 2
      ;;
  esac
  shift 2
done
sh test/setup.sh
# A word after the last flag would be taken for its value.
exec node_modules/.bin/vitest run test/crash --root . --config test/vitest.config.ts --disable-console-intercept
