//go:build linux

package main

import (
	"math/rand/v2"
	"strings"
)

// hostile are things that servers have stumbled over: what an unregistered
// client may send, and, after the greeting, what a registered one may.
func hostile(r *rand.Rand) (before, after [][]byte) {
	noise := make([]byte, 8<<10)
	for i := range noise {
		noise[i] = byte(r.IntN(256))
	}
	long := strings.Repeat("a", 64<<10)
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	before = lines(
		"", // a client that says nothing
		string(noise),
		long, // no end of line at all
		long+"\r\n",
		many("\r\n", 4000), many("\x00", 4000)+"\r\n", many("\r", 4000),
		"@"+long+" NICK a\r\n",
		"@"+many("a=b;", 3000)+" CAP LS 302\r\n",
		many("CAP LS 302\r\n", 300),
		"CAP REQ :"+many("message-tags ", 600)+"\r\n",
		many("AUTHENTICATE "+many("A", 400)+"\r\n", 20),
		many("NICK \xff\xfe\r\nUSER \xff 0 * :\xff\r\n", 100),
		many("NICK flood\r\n", 300),
		":"+many("x", 500)+" "+many(":", 100)+"\r\n",
		"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"+string(noise[:300]),
		"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "WEBIRC a b c d\r\n",
		"PASS "+many("p", 400)+"\r\n"+many("USER a b c d\r\n", 50),
	)
	after = lines(
		many("JOIN "+many("#a,", 160)+"\r\n", 10),
		many("MODE #flood +b "+many("*a", 100)+"b\r\n", 20),
		many("MODE #flood "+many("+b", 200)+"\r\n", 20),
		many("WHO *\r\n", 30), many("LIST\r\n", 30), many("NAMES\r\n", 30),
		many("WHO "+many("*a", 100)+"b\r\n", 30),
		many("WHOIS "+many("a,", 200)+"\r\n", 20),
		many("PRIVMSG #flood :"+many("\x02\x03\x1f", 120)+"\r\n", 50),
		many("PRIVMSG "+many("#flood,", 60)+" :x\r\n", 20),
		many("MONITOR + "+many("n,", 200)+"\r\n", 20),
		many("NICK "+many("z", 400)+"\r\n", 30),
		many("TOPIC #flood :"+many("t", 480)+"\r\n", 30),
		many("PART #flood\r\nJOIN #flood\r\n", 50),
		many("PRIVMSG #flood :\xff\xfe\xfd\r\n", 50),
		many("@"+many("+x=", 1200)+" TAGMSG #flood\r\n", 5),
		many("USERHOST "+many("a ", 200)+"\r\n", 30),
		string(noise)+"\r\n",
		many("X"+many(" x", 200)+"\r\n", 30),
	)
	return before, after
}

func lines(all ...string) [][]byte {
	out := make([][]byte, len(all))
	for i, s := range all {
		out[i] = []byte(s)
	}
	return out
}
