import type { Replica } from '../../model/replica.js'
import { type Demand, ofSetting } from './demand.js'
import { readLogin } from './login.js'
import { sqlName } from './text.js'

/** What of the role somebody has to decide; its attributes are corrected before. `walsenders`: so many it may have. */
export function listRoleDemands(model: Replica, walsenders: number): Demand[] {
  const { role } = model.master
  return [
    ...(readLogin(model).method === 'scram-sha-256' ? ofPassword(role) : []),
    {
      setting: `CONNECTION LIMIT of ${role}`,
      value: ofTheRole('rolconnlimit::text'),
      fits: ofTheRole(
        `rolconnlimit = -1 OR rolconnlimit >= ${walsenders} OR current_setting('server_version_num')::int >= 180000`,
      ),
      needs: `-1, or ${walsenders} or more`,
      why: 'by older servers each walsender is counted as a connection of the role',
    },
  ]
}

function ofPassword(role: string): Demand[] {
  const isScram = ofTheRole("COALESCE(rolpassword LIKE 'SCRAM-SHA-256$%', false)")
  return [
    {
      setting: `password of ${role}`,
      value: ofTheRole("CASE WHEN rolpassword IS NULL THEN 'none' ELSE 'md5' END"),
      fits: isScram,
      needs: 'one for scram-sha-256',
      why: `nobody can log in by it; give it one: \\password ${sqlName(role)}`,
    },
    {
      setting: `VALID UNTIL of ${role}`,
      value: ofTheRole('rolvaliduntil::text'),
      fits: ofTheRole('COALESCE(rolvaliduntil > now(), true)'),
      needs: 'a time to come, or infinity',
      why: 'its password is not accepted any more',
    },
    // It matters to the next password only.
    ofSetting('password_encryption', (value) => `${value} = 'scram-sha-256' OR ${isScram}`, {
      needs: 'scram-sha-256',
      why: 'the next password would be for md5; SET will do, before \\password',
    }),
  ]
}

function ofTheRole(expression: string): string {
  return `(SELECT ${expression} FROM asked_role)`
}
