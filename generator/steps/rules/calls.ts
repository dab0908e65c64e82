import { similarTo } from '../../similar.js'
import type { StepRule } from './rule.js'

/** What a step may call of the script: it says, asks, waits or quotes, and changes nothing: model/README.md. */
const sharedFunctions: readonly string[] = (
  'bounded control_field fail free_inodes free_mb have ignore is_absolute_path is_choice is_host_list is_integer ' +
  'is_path is_port is_role is_text is_url is_user_name jittered log need_room pause quote_conf quote_conninfo ' +
  'read_control setting tell_fault words_of'
).split(' ')

/** All other functions of the script do a part of its work, and only in their order. */
export const callSharedFunctionsOnly: StepRule = ({ commands, own }) =>
  commands.flatMap(({ runs }) =>
    runs
      .filter(({ kind, name }) => kind === 'function' && !own.has(name) && !sharedFunctions.includes(name))
      .map(({ name, word }) => {
        const like = similarTo(name, sharedFunctions)
        const message = `${name} does a part of the script's own work, and is not a step's to call`
        const hint =
          like === undefined ? `a step may call ${sharedFunctions.join(', ')}` : `did you mean ${like}?`
        return { code: 'E_STEP_CALL', node: word, message, hint } as const
      }),
  )
