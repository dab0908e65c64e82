import type { EnvValue } from '../../model/task.js'

/** The bare object that POST /v2/apps takes, as far as we print it (Marathon's app.raml, 1.4 to 1.11). */
export interface MarathonApp {
  readonly id: string
  readonly cmd: string
  readonly user: string
  readonly cpus: number
  readonly mem: number
  readonly disk: number
  readonly instances: number
  readonly env: Readonly<Record<string, EnvValue>>
  readonly secrets?: Readonly<Record<string, { readonly source: string }>>
  readonly fetch: readonly MarathonArtifact[]
  readonly networks?: readonly { readonly mode: 'host' }[]
  readonly portDefinitions: readonly MarathonPort[]
  readonly requirePorts: boolean
  readonly constraints?: readonly (readonly string[])[]
  readonly container?: { readonly type: 'MESOS'; readonly volumes: readonly MarathonVolume[] }
  readonly healthChecks: readonly MarathonHealthCheck[]
  readonly check?: MarathonCheck
  readonly upgradeStrategy: MarathonUpgrade
  readonly unreachableStrategy?: 'disabled' | MarathonUnreachable
  readonly killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST'
  readonly backoffSeconds: number
  readonly backoffFactor: number
  readonly maxLaunchDelaySeconds: number
  readonly taskKillGracePeriodSeconds: number
  readonly labels?: Readonly<Record<string, string>>
  readonly role?: string
  readonly acceptedResourceRoles?: readonly string[]
  readonly dependencies?: readonly string[]
}

export interface MarathonArtifact {
  readonly uri: string
  readonly extract: boolean
  readonly executable: boolean
  readonly cache: boolean
  readonly destPath?: string
}

export interface MarathonPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'udp,tcp'
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface MarathonVolume {
  readonly containerPath: string
  readonly mode: 'RW'
  readonly persistent: {
    readonly type: 'root' | 'path' | 'mount'
    readonly size: number
    readonly maxSize?: number
    readonly constraints?: readonly (readonly string[])[]
  }
}

export interface MarathonHealthCheck {
  readonly protocol: 'COMMAND'
  readonly command: { readonly value: string }
  readonly delaySeconds: number
  readonly gracePeriodSeconds: number
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly maxConsecutiveFailures: number
}

/** Since 1.8 (docs/checks.md): reported, with no effect on tasks and deployments. */
export interface MarathonCheck {
  readonly exec: { readonly command: { readonly shell: string } }
  readonly intervalSeconds: number
  readonly timeoutSeconds: number
  readonly delaySeconds: number
}

export interface MarathonUpgrade {
  readonly minimumHealthCapacity: number
  readonly maximumOverCapacity: number
}

export interface MarathonUnreachable {
  readonly inactiveAfterSeconds: number
  readonly expungeAfterSeconds: number
}
