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
		[accounts]
		always-on = "opt-out" # whoever has an account stays while no client is connected
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

pids=
trap 'kill $pids 2>/dev/null; wait; exit 0' INT TERM
for i in 1 2 3; do
	"$ircd" run --config "irc$i.toml" > "irc$i.log" 2>&1 &
	pids="$pids $!"
done

# Waits until all three are linked, which takes some seconds the first time.
for i in 1 2 3; do
	pid=$(echo $pids | cut -d ' ' -f $i)
	until "$ircd" link status --config "irc$i.toml" 2>/dev/null | grep -c '  linked for ' | grep -q 2; do
		kill -0 "$pid" 2>/dev/null || { tail -n 5 "irc$i.log"; kill $pids 2>/dev/null; exit 1; }
		sleep 0.2
	done
done

echo "Three servers are one network. With a client to each, in a terminal of its own:"
for i in 1 2 3; do
	port=$((first + i - 1))
	cat <<-TEXT

		irc$i.tea.example: process $(echo $pids | cut -d ' ' -f $i), log $dir/irc$i.log
		  irssi --connect=127.0.0.1 --port=$port --nick=guest$i
		  weechat irc://guest$i@127.0.0.1:$port/
	TEXT
done
cat <<-TEXT

	/join #tea on each, and talk. "/msg NickServ REGISTER password" makes an account, and who has one
	stays on the network without a client. "kill -9 $(echo $pids | cut -d ' ' -f 1)" kills the first server: the others go on, and
	"cd $dir && $ircd run --config irc1.toml" starts it again. Ctrl-C stops all.
TEXT
wait
