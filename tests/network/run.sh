#!/bin/sh
# Runs three linked servers on this machine until Ctrl-C: run.sh BINARY [FOLDER].
# What they keep is in the folder, and is there again the next time.
set -eu
ircd=$(realpath "$1")
dir=${2:-network}
first=${FIRST_PORT:-6667} # the others have the next ones
link=${FIRST_LINK_PORT:-6901}
mkdir -p "$dir"
cd "$dir"
[ -f secret ] || openssl rand -hex 32 > secret 2>/dev/null || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > secret
chmod 600 secret

# config writes the configuration of server $1, with $2 as its section for links.
config() {
	cat > "irc$1.toml" <<-TOML
		[network]
		name = "Tea"
		[server]
		name = "irc$1.tea.example"
		description = "Server $1 of three"
		data-dir = "data$1"
		[[listener]]
		address = "127.0.0.1:$((first + $1 - 1))"
		[[oper-class]]
		name = "netadmin"
		privileges = ["*"]
		$2
	TOML
}

pins=
for i in 1 2 3; do
	config $i ""
	pins="$pins$("$ircd" mkcert --link --config "irc$i.toml" 2>/dev/null)"
done
for i in 1 2 3; do
	peers="\"127.0.0.1:$link\""
	[ $i -gt 1 ] || peers= # the first of a network knows nobody
	config $i "[link]
enabled = true
listen = \"127.0.0.1:$((link + i - 1))\"
secret = \"$(cat secret)\"
peers = [$peers]
pins = [$pins]"
done

trap 'kill $pids 2>/dev/null; wait; exit 0' INT TERM
pids=
for i in 1 2 3; do
	"$ircd" run --config "irc$i.toml" > "irc$i.log" 2>&1 &
	pids="$pids $!"
done
echo "Three servers of one network:"
for i in 1 2 3; do echo "  irc$i.tea.example  127.0.0.1, port $((first + i - 1))  log: $dir/irc$i.log"; done
echo "Connect a client to each; kill one, and see the others go on. Ctrl-C stops all."
wait
