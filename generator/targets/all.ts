import { compose } from './compose/compose.js'
import { kubernetes } from './kubernetes/kubernetes.js'
import { marathon } from './marathon/marathon.js'
import { systemd } from './systemd/systemd.js'

/** Every target, by the name of its section in a model. */
export const targets = { marathon, systemd, compose, kubernetes } as const
