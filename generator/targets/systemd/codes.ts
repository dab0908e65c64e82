/** What each finding on a service is about. */
export const codes: Readonly<Record<string, string>> = {
  E_SYSTEMD_ENV: 'a line of an environment file holds one value, without control characters',
  E_SYSTEMD_INSTANCES: 'a unit starts one replica, on the host where it is installed',
  E_SYSTEMD_NAME: 'a unit of that name would take the place of one that is there',
  E_SYSTEMD_PASSWORD: 'the password of the master is given once: as a credential, or in a password file',
  E_SYSTEMD_PATH: 'the unit cannot see, or not write, what the model names there',
  E_SYSTEMD_PORT: 'a port that the unit cannot have, or that two parts of the model give',
  E_SYSTEMD_PRESET: 'the state directory of a unit outlives it, so that a restart finds the data',
  E_SYSTEMD_SECRET: 'systemd has no secret store from which a variable could get its value',
  E_SYSTEMD_SHARED: 'the instances of a unit would all work in one directory',
  W_SYSTEMD_PAUSE: 'a pause before an exit after which systemd does not restart the unit',
}
