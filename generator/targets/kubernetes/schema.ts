import { z } from 'zod'
import { containerKeys, dnsName } from '../containers/schema.js'

// DNS-1123: what names of claims, secrets and config maps are, and of storage classes.
const subdomain = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    'must be lower case letters, digits, - and . (DNS-1123)',
  )
  .max(253)

const key = z
  .string()
  .regex(/^[-._a-zA-Z0-9]+$/, 'must be letters, digits and - _ .')
  .max(253)

const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'is no name of a label',
  )

const path = z
  .string()
  .regex(/^(\/(?!\.{1,2}(\/|$))[\w.+-]+)+$/, 'must be an absolute path of letters, digits and _ . + -')

const volume = z
  .strictObject({
    path: path.describe('Where it is mounted, for reading only if clone.walDir does not lie there'),
    claim: subdomain.optional().describe('A PersistentVolumeClaim'),
    secret: subdomain.optional().describe('A Secret: each key is a file'),
    configMap: subdomain.optional().describe('A ConfigMap: each key is a file'),
  })
  .refine(({ claim, secret, configMap }) => [claim, secret, configMap].filter(Boolean).length === 1, {
    error: 'takes one of claim, secret and configMap',
  })
  .meta({
    description: 'A further volume: one of claim, secret and configMap',
    allOf: [{ oneOf: ['claim', 'secret', 'configMap'].map((key) => ({ required: [key] })) }],
  })

/** What is Kubernetes' alone. */
export const kubernetesSchema = z
  .strictObject({
    // A StatefulSet puts a digest behind it into a label of 63.
    name: dnsName(52)
      .default('postgres-replica')
      .describe('Name of the StatefulSet or Deployment, and of all that belongs to it'),
    namespace: dnsName(63).optional().describe('The namespace; default that of kubectl'),
    ...containerKeys,
    secret: subdomain
      .optional()
      .describe(
        'The Secret that is there: its key password holds that of master.role, or passfile a whole password file where the model has run.passfile; default <name>-login, where the model needs either',
      ),
    passwordKey: key.optional().describe('The key of that Secret; default password, or passfile'),
    storageClass: subdomain
      .optional()
      .describe('The StorageClass of the volumes; default that of the cluster'),
    readiness: z
      .enum(['ready', 'health'])
      .default('ready')
      .describe(
        'What the read Service asks. ready: replicas near the master, as far as they know; health: each that takes connections',
      ),
    spread: z
      .enum(['preferred', 'required'])
      .default('preferred')
      .describe('Whether two replicas may be on one node where there is no other'),
    volumes: z
      .array(volume)
      .default([])
      .describe(
        'Further volumes: certificates that master.tls names, the archive of restore, the disk of clone.walDir',
      ),
    labels: z
      .record(
        labelKey,
        z
          .string()
          .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, 'is no value of a label')
          .max(63),
      )
      .default({})
      .describe('Further labels, on everything'),
  })
  .describe('Kubernetes: kubernetes.yaml')

/** The part of a model that is Kubernetes' alone, with every default filled in. */
export type Kubernetes = z.infer<typeof kubernetesSchema>
