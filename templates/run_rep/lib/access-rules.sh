# A line of pg_hba.conf that the server does not take keeps it from starting, and only then it says so. Here the lines
# are read as it reads them (hba.c). What this agent cannot know, the rest of a line with a regular expression, say,
# or whether the server was built with LDAP, is left to the server.

# check_rules FILE NAME
check_rules() {
  _rules_here=0
  [ "$1" != "$pgdata/pg_hba.conf" ] || _rules_here=1
  _rules_fault=$(judge_rules "$1" "$_rules_here") || _rules_fault=''
  [ -z "$_rules_fault" ] || fail ACCESS "$2, $_rules_fault"
}

# judge_rules FILE 0|1: prints the number of the first line that is wrong, and why. With 1 the files that it names by
# a relative path are to lie beside it.
judge_rules() {
  awk -v major="${major%%.*}" -v beside="$2" '
    # The fields of a line: in word[n] its first token, in count[n] how many, in bare[n] whether that has no quotes.
    function split_line(text,    at, char, token, quoted, was, inside, fresh, more) {
      fields = 0; more = 0; token = ""; inside = 0; was = 0; quoted = 0; fresh = 1
      for (at = 1; at <= length(text) + 1; at++) {
        char = at > length(text) ? "\n" : substr(text, at, 1)
        if (!inside && char == "#") char = "\n"
        if (!inside && (char ~ /[ \t\r\n,]/) || char == "\n") {
          if (!fresh) end_token(token, quoted, more)
          if (!fresh || char == ",") more = (char == "," && !fresh)
          token = ""; quoted = 0; fresh = 1; inside = 0; was = 0
          if (char == "\n") return
          continue
        }
        if (char == "\"") {
          if (fresh) quoted = 1
          if (was && inside == 0) { token = token "\""; was = 0 }
          else was = inside
          inside = !inside
        } else {
          token = token char
          was = 0
        }
        fresh = 0
      }
    }
    function end_token(token, quoted, more) {
      if (!more) {
        fields++
        word[fields] = token; bare[fields] = !quoted; count[fields] = 0; whole[fields] = ""
      }
      count[fields]++
      whole[fields] = whole[fields] (count[fields] > 1 ? "," : "") token
      if (!quoted && token ~ /^@./) {
        unknown = 1
        look_for(substr(token, 2))
      }
    }
    function look_for(path,    found) {
      if (path !~ /^\//) {
        if (!beside) return
        found = FILENAME
        sub(/[^\/]*$/, "", found)
        path = found path
      }
      found = (getline found < path) >= 0
      close(path)
      if (!found) lost = "the file " path " does not exist here"
    }
    function is_ipv4(text,    part, n, i) {
      if (text !~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/) return 0
      n = split(text, part, ".")
      for (i = 1; i <= n; i++) if (part[i] + 0 > 255 || part[i] ~ /^0./) return 0
      return 1
    }
    function is_ipv6(text,    part, n, i, gaps) {
      if (text !~ /^[0-9a-fA-F:]+$/ || text ~ /:::/) return 0
      gaps = gsub(/::/, ":@:", text)
      if (gaps > 1 || (text ~ /^:/ && !gaps) || (text ~ /:$/ && !gaps)) return 0
      n = split(text, part, ":")
      for (i = 1; i <= n; i++) if (length(part[i]) > 4) return 0
      return gaps ? n <= 9 : n == 8
    }
    # What is certainly the name of a host, and no number in a form of its own.
    function is_name(text) {
      return text ~ /[g-zG-Z_-]/ && text !~ /[:%]/ && text !~ /^0[xX]/
    }
    function judge(    type, at, slash, ip, mask, method) {
      type = word[1]
      if (major >= 16 && fields == 2 && type ~ /^include(_if_exists|_dir)?$/) {
        if (type == "include") look_for(word[2])
        return lost
      }
      if (count[1] > 1) return "more than one connection type"
      if (type !~ /^(local|host|hostssl|hostnossl)$/ && !(major >= 12 && type ~ /^host(no)?gssenc$/))
        return "\"" type "\" is not a connection type"
      if (fields < 2) return "the database is missing"
      if (fields < 3) return "the role is missing"
      at = 4
      if (type != "local") {
        if (fields < 4) return "the address is missing"
        if (count[4] > 1) return "more than one address"
        ip = word[4]
        at = 5
        if (bare[4] && ip ~ /^(all|samehost|samenet)$/) ip = ""
        slash = index(ip, "/")
        if (slash) {
          mask = substr(ip, slash + 1)
          ip = substr(ip, 1, slash - 1)
          if (is_name(ip)) return "\"" ip "\" is a host name, which takes no mask"
          if (is_ipv4(ip) || is_ipv6(ip)) {
            if (mask == "" || mask ~ /[^0-9 +-]/ || (mask ~ /^[0-9]+$/ && mask + 0 > (is_ipv4(ip) ? 32 : 128)))
              return "\"" word[4] "\" has no valid mask"
          } else if (ip ~ /^[0-9.]+$/ && ip !~ /^0|\.0[0-9]/ && ip ~ /\..*\..*\./) return "\"" ip "\" is not an address"
        } else if (is_ipv4(ip) || is_ipv6(ip)) {
          if (fields < 5) return "the mask is missing"
          if (count[5] > 1) return "more than one mask"
          if (is_name(word[5])) return "\"" word[5] "\" is not a mask"
          if ((is_ipv4(ip) && is_ipv6(word[5])) || (is_ipv6(ip) && is_ipv4(word[5])))
            return "address and mask do not match"
          at = 6
        } else if (ip != "" && !is_name(ip)) return ""
      }
      if (fields < at) return "the method is missing"
      if (count[at] > 1) return "more than one method"
      method = word[at]
      if (method !~ /^(trust|reject|password|md5|ident|peer|gss|ldap|pam|cert|radius)$/ \
        && !(major >= 10 && method == "scram-sha-256") && !(major >= 18 && method == "oauth"))
        return "\"" method "\" is not a method of this server"
      if (type == "local" && method == "gss") return "gss cannot be used with local"
      if (type != "local" && method == "peer") return "peer is for local only"
      if (type != "hostssl" && method == "cert") return "cert is for hostssl only"
      return judge_options(type, method, at + 1)
    }
    function judge_options(type, method, at,    name, text, given, named) {
      given = " "
      named = " "
      if (type == "local" && method == "ident") method = "peer"
      for (; at <= fields; at++) {
        text = whole[at]
        if (!index(text, "=")) return "the option \"" text "\" has no value"
        name = substr(text, 1, index(text, "=") - 1)
        text = substr(text, index(text, "=") + 1)
        named = named name " "
        if (text != "") given = given name " "
        if (name == "map") {
          if (method !~ /^(ident|peer|gss|cert|oauth)$/) return "map cannot be used with " method
        } else if (name == "clientcert" || (name == "clientname" && major >= 14)) {
          if (type != "hostssl") return name " is for hostssl only"
          if (name == "clientcert" && major >= 14 && text !~ /^verify-(ca|full)$/)
            return "clientcert must be verify-ca or verify-full"
          if (name == "clientname" && text !~ /^(CN|DN)$/) return "clientname must be CN or DN"
        } else if (name ~ /^pam(service|_use_hostname)$/) {
          if (method != "pam") return name " is for pam only"
        } else if (name ~ /^ldap(server|port|tls|prefix|suffix|basedn|binddn|bindpasswd|searchattribute|url)$/ \
          || (major >= 11 && name ~ /^ldap(scheme|searchfilter)$/)) {
          if (method != "ldap") return name " is for ldap only"
        } else if (name ~ /^(krb_realm|include_realm)$/) {
          if (method != "gss") return name " is for gss only"
        } else if (name ~ /^radius(servers|secrets|ports|identifiers)$/ || (major < 10 && name ~ /^radius/)) {
          if (method != "radius") return name " is for radius only"
        } else if (major >= 18 && name ~ /^(issuer|scope|validator|delegate_ident_mapping)$/) {
          if (method != "oauth") return name " is for oauth only"
        } else return "\"" name "\" is not an option"
      }
      if (method == "ldap" && named !~ / ldap(prefix|suffix|basedn|url) /)
        return "ldap needs ldapbasedn, ldapprefix or ldapsuffix"
      if (method == "radius" && major >= 10 && (given !~ / radiusservers / || given !~ / radiussecrets /))
        return "radius needs radiusservers and radiussecrets"
      if (method == "oauth" && (given !~ / issuer / || given !~ / scope /)) return "oauth needs issuer and scope"
      return ""
    }
    function judge_line(    fault) {
      unknown = 0
      lost = ""
      split_line(text)
      if (!fields) return
      fault = unknown ? lost : judge()
      if (fault == "") return
      print "line " first ": " fault
      wrong = 1
      exit
    }
    {
      if (!open) { first = NR; text = "" }
      open = major >= 14 && sub(/\\$/, "")
      text = text $0
      if (!open) judge_line()
    }
    END { if (open && !wrong) judge_line() }' "$1"
}
