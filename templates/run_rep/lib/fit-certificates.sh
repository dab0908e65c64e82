# What a server with ssl = on reads when it starts, and does not start without.

check_certificates() {
  setting_or ssl off
  [ "$value" = on ] || return 0
  ask_ahead ssl_cert_file ssl_key_file ssl_ca_file ssl_crl_file
  check_file 9 ssl_cert_file server.crt
  check_file 9 ssl_key_file server.key
  [ -z "$file" ] || check_key "$file"
  check_file 9 ssl_ca_file ''
  check_file 9 ssl_crl_file ''
  check_file 10 ssl_dh_params_file ''
  # The server starts without it, and then refuses every client that shows a certificate.
  setting_since 14 ssl_crl_dir ''
  case $value in
    /*) [ -r "$value" ] || log WARN "ssl_crl_dir is $value, which $RUN_USER cannot read here" ;;
    *) ;;
  esac
}

# check_file MAJOR NAME DEFAULT: sets $file to the file of a setting that there is since then, or to nothing where it
# would come along with the clone.
check_file() {
  setting_since "$1" "$2" "$3"
  file=$value
  case $file in
    '') return 0 ;;
    /*) ;;
    *)
      file=''
      [ "$conf_dir" = "$pgdata" ] || return 0
      file=$pgdata/$value
      ;;
  esac
  if [ ! -f "$file" ] || [ ! -r "$file" ]; then
    is_excused "$2" "$2 is $file, which $RUN_USER cannot read here, and ssl is on" || fail CERTIFICATE "$fault"
    file=''
  fi
}

# check_key FILE: its mode and owner as in be-secure-common.c: 0600, or 0640 where it is root's.
check_key() {
  _key_words=$(ls -ldnL -- "$1") || return 0
  read -r _key_mode _key_links _key_owner _key_rest <<EOF || return 0
$_key_words
EOF
  _key_fault=''
  case $_key_owner,$_key_mode in
    "$user_id",-???------* | 0,-???[r-]-----*) ! is_encrypted "$1" || has_passphrase \
      || _key_fault='needs a passphrase, but ssl_passphrase_command is not set' ;;
    "$user_id",* | 0,*)
      _key_fault="has a mode that PostgreSQL does not accept ($_key_mode): use 0600, or 0640 if root owns it"
      ;;
    *) _key_fault="belongs to neither $RUN_USER nor root, so PostgreSQL does not accept it" ;;
  esac
  [ -z "$_key_fault" ] || is_excused ssl_key_file "ssl_key_file is $1, which $_key_fault" || fail CERTIFICATE "$fault"
}

# is_encrypted FILE: the first lines of a key tell.
is_encrypted() {
  {
    read -r _encrypted_first && read -r _encrypted_second
  } 2>/dev/null <"$1" || return 1
  case $_encrypted_first,$_encrypted_second in
    *ENCRYPTED*) return 0 ;;
    *) return 1 ;;
  esac
}

has_passphrase() {
  setting_since 11 ssl_passphrase_command ''
  [ -n "$value" ]
}
