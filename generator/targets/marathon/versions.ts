/** The releases of Marathon whose apps we print, in their order; 1.11 is the last one there will be. */
export const marathonVersions = ['1.4', '1.5', '1.6', '1.7', '1.8', '1.9', '1.10', '1.11'] as const

export type MarathonVersion = (typeof marathonVersions)[number]

/** True when a release has what came with `since`. */
export function isSince(version: MarathonVersion, since: MarathonVersion): boolean {
  return marathonVersions.indexOf(version) >= marathonVersions.indexOf(since)
}
