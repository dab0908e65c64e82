# What the server is asked of collations, by major.

# Not a database whose removal was interrupted (-2, which lets nobody in). Since 15 a database says with which version it
# was made. Before, the collations of the C library say since 13 which version initdb found on the master. In a database,
# those that an index, or the bounds of partitions, are sorted by; ICU's have versions since 10. A C library that keeps
# none, such as musl, has NULL, which is another one than any; nor have C and POSIX one, which sort alike everywhere.
settle_questions() {
  # A line break in a name is written as printf takes it.
  ask_databases="SELECT 'enter', replace(replace(datname, chr(92), chr(92) || chr(92)), chr(10), chr(92) || 'n') \
FROM pg_database WHERE datallowconn AND datconnlimit <> -2"
  _questions_name="regexp_replace(datname, '[[:cntrl:]]', ' ', 'g')"
  _questions_plain="~* '^(c|posix)\$|^c[.]'"
  ask_versions="SELECT 'database', $_questions_name, coalesce(datcollversion, '-'), coalesce(here, '-') \
FROM (SELECT datname, datcollversion, datlocprovider, datcollate, pg_database_collation_actual_version(oid) AS here \
FROM pg_database WHERE datallowconn) AS d WHERE datcollversion IS DISTINCT FROM here \
AND (datcollversion <> here OR datlocprovider = 'i' OR datlocprovider = 'c' AND NOT coalesce(datcollate, '') $_questions_plain)"
  [ "${major%%.*}" -ge 15 ] || ask_versions="SELECT 'default', $_questions_name, coalesce(made.collversion, '-'), \
coalesce(pg_collation_actual_version(made.oid), '-') FROM pg_database \
LEFT JOIN (SELECT oid, collversion FROM pg_collation WHERE collprovider = 'c' AND collversion IS NOT NULL \
AND NOT coalesce(collcollate, '') $_questions_plain ORDER BY oid LIMIT 1) AS made ON true \
WHERE datallowconn AND NOT coalesce(datcollate, '') $_questions_plain"
  _questions_collation="regexp_replace(quote_ident(current_database()) || '.' || quote_ident(collname), '[[:cntrl:]]', ' ', 'g')"
  # What is used is listed once. To look for each of some 800 collations through all indexes takes 30 ms in an empty
  # database, and 1.8 s with 15,000 tables.
  _questions_used="(SELECT collname, collversion, collprovider, collcollate, pg_collation_actual_version(oid) AS here \
FROM pg_collation WHERE collprovider <> 'd' AND oid IN (SELECT unnest(indcollation) FROM pg_index \
UNION ALL SELECT unnest(partcollation) FROM pg_partitioned_table)) AS u"
  ask_used="SELECT 'collation', $_questions_collation, coalesce(collversion, '-'), coalesce(here, '-') \
FROM $_questions_used WHERE collversion IS DISTINCT FROM here \
AND (collversion <> here OR collprovider = 'i' OR collprovider = 'c' AND NOT coalesce(collcollate, '') $_questions_plain)"
  [ "${major%%.*}" -ge 13 ] || ask_used="$ask_used UNION ALL SELECT 'unknown', $_questions_collation, '-', '-' \
FROM $_questions_used WHERE collprovider = 'c' AND NOT coalesce(collcollate, '') $_questions_plain"
}
