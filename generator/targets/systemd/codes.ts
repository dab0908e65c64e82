/** What each finding on a service is about. */
export const codes: Readonly<Record<string, string>> = {
  E_SYSTEMD_ENV: 'a line of an environment file holds one value, without control characters',
  E_SYSTEMD_INSTANCES: 'a unit starts one replica, on the host where it is installed',
  E_SYSTEMD_NAME: 'a unit of that name would take the place of one that is there',
  E_SYSTEMD_PRESET: 'the state directory of a unit outlives it, so that a restart finds the data',
  E_SYSTEMD_SECRET: 'systemd has no secret store from which a variable could get its value',
}
