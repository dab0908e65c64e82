-- What replicas need of their master, printed by postgres-rep-marathon. Change the model, not this file.
--
-- A superuser runs it on the master, as often as wanted:
--   psql -X -d postgres -f master.sql
-- It makes the role that replicates, or adds what that lacks; nobody loses anything by it. Then it lists what else on
-- this master does not fit the model, and changes none of that. The lines for pg_hba.conf are in master.pg_hba.conf.
\set ON_ERROR_STOP on
\encoding UTF8
SET standard_conforming_strings = on;
SET search_path = pg_catalog;

-- The role. Its password stands in no file of the master; give it one, the same as in the password file of the agents:
--   \password "copy"
SELECT format('CREATE ROLE %I LOGIN REPLICATION', 'copy')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'copy')
\gexec
SELECT format('ALTER ROLE %I LOGIN REPLICATION', rolname) FROM pg_roles
WHERE rolname = 'copy' AND NOT (rolcanlogin AND rolreplication)
\gexec

\echo 'What does not fit the model; no rows: all of it does.'
WITH asked_role AS (
  SELECT * FROM pg_authid WHERE rolname = 'copy'
),
demand (setting, value, fits, needs, why) AS (
  VALUES
    ('server_version', current_setting('server_version', true),
     current_setting('server_version_num')::int / 10000 IN (10),
     '10',
     'replicas refuse a master of another major than postgresql.majors says'),
    ('wal_level', current_setting('wal_level', true),
     current_setting('wal_level', true) IN ('replica', 'logical'),
     'replica or logical',
     'with less nobody can follow this master; it takes a restart'),
    ('max_wal_senders', current_setting('max_wal_senders', true),
     current_setting('max_wal_senders', true)::int >= 3,
     '3 or more, and those of others',
     'each of 1 has two while it is cloned, then one; one is for questions; it takes a restart'),
    ('max_replication_slots', current_setting('max_replication_slots', true),
     current_setting('max_replication_slots', true)::int >= 1,
     '1 or more, and those of others',
     'each has one while it is cloned; it takes a restart'),
    ('wal_keep_size', current_setting('wal_keep_size', true),
     current_setting('wal_keep_size', true) <> '0',
     'as much as is written while a replica may be away',
     'a replica that is away for longer than a few checkpoints must be cloned again'),
    ('wal_keep_segments', current_setting('wal_keep_segments', true),
     current_setting('wal_keep_segments', true) <> '0',
     'as many as are written while a replica may be away',
     'a replica that is away for longer than a few checkpoints must be cloned again'),
    ('listen_addresses', current_setting('listen_addresses', true),
     NOT string_to_array(replace(current_setting('listen_addresses', true), ' ', ''), ',') <@ ARRAY['localhost', '127.0.0.1', '::1'],
     'an address that agents reach',
     'this host alone can connect; it takes a restart'),
    ('password of copy', (SELECT CASE WHEN rolpassword IS NULL THEN 'none' ELSE 'md5' END FROM asked_role),
     (SELECT COALESCE(rolpassword LIKE 'SCRAM-SHA-256$%', false) FROM asked_role),
     'one for scram-sha-256',
     'nobody can log in by it; give it one: \password "copy"'),
    ('VALID UNTIL of copy', (SELECT rolvaliduntil::text FROM asked_role),
     (SELECT COALESCE(rolvaliduntil > now(), true) FROM asked_role),
     'a time to come, or infinity',
     'its password is not accepted any more'),
    ('password_encryption', current_setting('password_encryption', true),
     current_setting('password_encryption', true) = 'scram-sha-256' OR (SELECT COALESCE(rolpassword LIKE 'SCRAM-SHA-256$%', false) FROM asked_role),
     'scram-sha-256',
     'the next password would be for md5; SET will do, before \password'),
    ('CONNECTION LIMIT of copy', (SELECT rolconnlimit::text FROM asked_role),
     (SELECT rolconnlimit = -1 OR rolconnlimit >= 3 OR current_setting('server_version_num')::int >= 180000 FROM asked_role),
     '-1, or 3 or more',
     'by older servers each walsender is counted as a connection of the role')
),
-- Where agents are, and the line that lets them in. No network: nobody says where, so any line for another host will do.
agent (database, network, wanted) AS (
  VALUES
    ('replication', '10.1.0.0/16'::inet, 'host replication copy 10.1.0.0/16 scram-sha-256'),
    ('replication', '2001:db8::/32'::inet, 'host replication copy 2001:db8::/32 scram-sha-256')
),
-- The lines that may decide on the role, in their order. Where the mask is NULL, it is all, samenet or a name.
line AS (
  SELECT ordinality AS place, type, database, auth_method, address AS source,
    CASE WHEN netmask IS NOT NULL AND position('%' IN address) = 0 THEN address::inet END AS address,
    CASE WHEN netmask IS NOT NULL AND position('%' IN address) = 0 THEN netmask::inet END AS mask
  FROM pg_hba_file_rules() WITH ORDINALITY, asked_role
  WHERE address <> 'samehost' AND type = ANY (ARRAY['host', 'hostssl', 'hostnossl', 'hostnogssenc'])
    AND (user_name && ARRAY['all', rolname::text]
      -- A group; since 16 also a pattern.
      OR EXISTS (
        SELECT FROM unnest(user_name) AS word LEFT JOIN pg_roles AS team ON word = '+' || team.rolname
        WHERE pg_has_role(asked_role.rolname, team.oid, 'MEMBER') OR word LIKE '/%'))
),
-- How much of an agent's network a line holds.
seen AS (
  SELECT wanted, place, auth_method,
    type = ANY (ARRAY['host', 'hostnogssenc']) AS may_refuse,
    CASE
      WHEN mask IS NULL THEN true
      WHEN network IS NULL THEN NOT (address <<= '127.0.0.0/8' OR address = '::1')
      WHEN family(mask) <> family(network) THEN false
      ELSE mask & netmask(network) = mask AND address & mask = host(network)::inet & mask
    END AS is_whole,
    CASE
      WHEN mask IS NULL THEN source = 'all'
      WHEN network IS NULL OR family(mask) <> family(network) THEN false
      ELSE address & mask & netmask(network) = host(network)::inet & mask & netmask(network)
    END AS is_part
  FROM line JOIN agent
    ON agent.database = ANY (line.database) OR (agent.database <> 'replication' AND 'all' = ANY (line.database))
)
SELECT setting, value, needs, why FROM demand WHERE NOT fits
UNION ALL
SELECT 'pg_hba.conf', 'no line lets them in', wanted,
  CASE
    WHEN network IS NULL THEN 'agents are turned away; put it in, with the network that they are in, and reload'
    ELSE 'agents of that network are turned away; put it in, and reload'
  END
FROM agent
WHERE NOT EXISTS (
  SELECT FROM seen AS good
  WHERE good.wanted = agent.wanted AND good.is_whole AND good.auth_method <> 'reject'
    AND NOT EXISTS (
      SELECT FROM seen AS bad
      WHERE bad.wanted = agent.wanted AND bad.is_part AND bad.may_refuse AND bad.auth_method = 'reject'
        AND bad.place < good.place))
UNION ALL
-- A line that cannot match, as hostssl while ssl is off, has a type and an error; the server takes the file.
SELECT 'pg_hba.conf', 'line ' || line_number || ': ' || error, 'a file without errors',
  'the server keeps to the lines of before'
FROM pg_hba_file_rules() WHERE error IS NOT NULL AND type IS NULL;
