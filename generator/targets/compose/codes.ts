import { containerCodes } from '../containers/codes.js'

/** What each finding on a Compose file is about. */
export const codes: Readonly<Record<string, string>> = {
  ...containerCodes,
  E_COMPOSE_INSTANCES: 'a Compose file needs at least one service',
  E_COMPOSE_PORT: 'the replicas of a Compose file are on one host, and each needs a port of its own there',
  E_COMPOSE_PRESET: 'a named volume outlives the container, so that a restart finds the data',
  E_COMPOSE_SECRET: 'Compose gives a secret as a file, and never as the value of a variable',
  W_COMPOSE_PAUSE: 'Docker forgets its own pauses for a container that has run for ten seconds',
}
