# How a live server stands: one question at its door, for the watcher, for ready and for status. How far the master is,
# pg_stat_wal_receiver.latest_end_lsn tells: the end of its WAL at the last message; at least it has what was received.

# ask_stand: false without an answer, and then $stand_recovers is empty. Positions are LSNs, "-" where there is none. How
# far the master is, the walreceiver was told with the last message ($stand_told); while it is away what it said last
# counts ($state_told), and always what it answered to the watcher ($state_asked). Seconds are those since the commit that
# was replayed last (of none yet: since the server's start), while there is more to replay, from the end of run.delay;
# $stand_held is t while replay waits for that. $stand_left: how many connections are left for clients. A role that is no
# superuser sees little of the walreceiver. $stand_reached: is replay where the master was when streaming began
# ($stream_goal)? Numbers of 64 bits are for people: some shells have 32.
ask_stand() {
  forget_stand
  _stand_wait=false
  [ "$apply_delay" -eq 0 ] || _stand_wait="EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'RecoveryApplyDelay')"
  _stand_known=NULL
  ! is_lsn "$state_told" || _stand_known="'$state_told'"
  _stand_asked=NULL
  ! is_lsn "$state_asked" || _stand_asked="'$state_asked'"
  _stand_goal=NULL
  ! is_lsn "$stream_goal" || _stand_goal="'$stream_goal'"
  _stand_question="SELECT recovers, pid, tli, coalesce(got::text, '-'), coalesce(replayed::text, '-'), \
CASE WHEN recovers THEN pg_is_wal_replay_paused() ELSE false END, waits, coalesce(told::text, '-'), \
coalesce(greatest(told - got, 0), 0), coalesce(got - replayed, 0), coalesce(greatest(told - replayed, 0), 0), \
CASE WHEN waits OR got <= replayed THEN 0 ELSE greatest(coalesce(ceil(extract(epoch FROM now - committed)), 0) - $apply_delay, 0) END, \
coalesce(got - '0/0', 0), coalesce(replayed - '0/0', 0), slot, \
extract(epoch FROM current_setting('wal_receiver_timeout')::interval)::int, \
to_char(now AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), floor(extract(epoch FROM now))::bigint, \
coalesce(to_char(heard AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '-'), coalesce(floor(extract(epoch FROM heard))::bigint, 0), \
coalesce(replayed >= $_stand_goal::pg_lsn, false), left_for_clients \
FROM (SELECT recovers, now, replayed, greatest(received, replayed) AS got, committed, $_stand_wait AS waits, \
CASE WHEN streams THEN coalesce(r.pid, 0) ELSE 0 END AS pid, coalesce(received_tli, 0) AS tli, \
coalesce(nullif(slot_name, ''), '-') AS slot, CASE WHEN streams THEN last_msg_receipt_time END AS heard, \
greatest(CASE WHEN streams THEN latest_end_lsn ELSE $_stand_known::pg_lsn END, $_stand_asked::pg_lsn, \
CASE WHEN streams OR $_stand_known::pg_lsn IS NOT NULL THEN greatest(received, replayed) END) AS told, \
current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int \
- coalesce(current_setting('reserved_connections', true)::int, 0) - (SELECT count(*) FROM pg_stat_activity \
WHERE backend_type = 'client backend' AND pg_stat_activity.pid <> pg_backend_pid()) AS left_for_clients \
FROM (SELECT pg_is_in_recovery() AS recovers, clock_timestamp() AS now, pg_last_wal_replay_lsn() AS replayed, \
pg_last_wal_receive_lsn() AS received, coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time()) AS committed) AS own \
LEFT JOIN (SELECT *, coalesce(status, 'streaming') = 'streaming' AS streams FROM pg_stat_wal_receiver) AS r ON true) AS stand"
  ask_cluster "$_stand_question" || ask_anybody "$_stand_question" || return 1
  IFS="$tab" read -r stand_recovers stand_receiver stand_timeline stand_received stand_replayed stand_paused stand_held \
    stand_told stand_unreceived stand_unplayed stand_lag stand_seconds stand_received_bytes stand_replayed_bytes \
    stand_slot stand_silence stand_time stand_time_s stand_heard stand_heard_s stand_reached stand_left <"$answers" || stand_recovers=''
  is_integer "$stand_receiver" 0 999999999 || stand_recovers=''
  [ -n "$stand_recovers" ]
}

forget_stand() {
  stand_recovers='' stand_receiver=0 stand_timeline=0 stand_received=- stand_replayed=- stand_paused='' stand_held=f
  stand_told=- stand_unreceived=0 stand_unplayed=0 stand_lag=0 stand_seconds=0
  stand_received_bytes=0 stand_replayed_bytes=0 stand_slot=- stand_silence=0
  stand_time=- stand_time_s=0 stand_heard=- stand_heard_s=0 stand_reached=f stand_left=1
}

# say_stand: sets $stand_words to what clients meet here and no other line tells, and to $state_trouble, for people: empty
# if all is well.
say_stand() {
  stand_words=''
  [ "$stand_paused" != t ] || [ "$stand_recovers" != t ] \
    || stand_words='replay is paused, so that clients read ever older rows: "SELECT pg_wal_replay_resume();" here lets it go on'
  case $stand_left in
    0 | -*) stand_words="$stand_words${stand_words:+; }all connections for clients are in use (max_connections): new clients are refused" ;;
    *) ;;
  esac
  stand_words="$stand_words${stand_words:+"${state_trouble:+; }"}$state_trouble"
}

# is_lsn TEXT
is_lsn() {
  case $1 in
    */*/* | /* | */ | *[!0-9A-F/]*) return 1 ;;
    */*) return 0 ;;
    *) return 1 ;;
  esac
}

# seconds_since EPOCH: sets $elapsed, by the clock of the server that answered last; empty where it is not known.
seconds_since() {
  elapsed=''
  case $1 in
    '' | 0 | *[!0-9]*) return 0 ;;
    *) elapsed=$((stand_time_s - $1)) ;;
  esac
  [ "$elapsed" -ge 0 ] || elapsed=0
}
