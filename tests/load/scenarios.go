//go:build linux

package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A scenario is one thing to measure. It plays on a fresh server and records
// one or more cases.
type scenario struct {
	name   string
	about  string
	limits limits
	play   func(*bench) error
	real   bool // not for "limit", which guards nothing
}

var scenarios = []scenario{
	{"fanout", "one message at a time to 10, 100, 1,000 members: CPU per delivery", open, playFanout, false},
	{"pipelined", "one sender without pause to 10, 100, 1,000 members: CPU per delivery", open, playPipelined, false},
	{"mesh", "200 clients in 20 channels, all sending: highest sustained deliveries a second", open, playMesh, false},
	{"latency", "100 members at 25,000 deliveries a second: p50, p99", open, playLatency, false},
	{"connect", "3,000 registrations, 100 at a time, plain, with CAP, with TLS", open, playConnect, false},
	{"storm", "1,000 clients join, change nick, part and quit together: seconds until all heard all", open, playStorm, false},
	{"idle", "resident memory of an idle client in 3 channels of 50", open, playIdle, false},
	{"idle-tls", "the same over TLS", open, playIdleTLS, false},
	{"idle-websocket", "the same over WebSocket", open, playIdleWebSocket, false},
	{"ten-thousand", "10,000 idle clients, 1,000 join at once, all quit: no error, memory returns", open, playTenThousand, false},
	{"rush", "5,000 clients join one channel at once, then all quit: another client's PING throughout", open, playRush, false},
	{"start", "start to the first 001, and SIGTERM to exit, of a server that is empty", open, playStart, true},
	{"start-full", "the same with 100,000 accounts and 1,000,000 messages in 1,000 channels", open, playStartFull, true},
	{"slow-reader", "one member never reads: others' latency, its drop, memory", bounded, playSlowReader, false},
	{"history", "1,000,000 messages in 1,000 channels: memory and disk of each, start, CHATHISTORY and SEARCH", open, playHistory, true},
	{"compaction", "100 members at 25,000 deliveries a second while others talk, history is evicted, and compacted: p50, p99", evicting, playCompaction, true},
	{"logins", "2,000 clients log in at once by passwords, argon2id: p50, p99 of 100 members at 25,000 deliveries a second", open, playLogins, true},
	{"wave", "500 spammers against the settings that a server has by itself: another client's PING, what people read of it", guarded, playWave, true},
	{"flood", "3,000 connections at once with hostile lines: another client's PING throughout", guarded, playFlood, true},
}

// Limits are what a server is configured with. Counts of clients and of
// connections by address are never limited.
type limits struct {
	SendQ int  // bytes a client may be behind
	Guard bool // flood control as by default; else none
	// HistoryMiB is how much history is kept, in memory; 0 is more than any scenario makes.
	HistoryMiB int
	// Profiles are what the server has to be able to take.
	Profiles bool
}

// SendQMiB is SendQ for configurations that want the unit.
func (l limits) SendQMiB() int { return l.SendQ >> 20 }

var (
	open    = limits{SendQ: 64 << 20}
	bounded = limits{SendQ: 1 << 20}
	guarded = limits{SendQ: 1 << 20, Guard: true}

	evicting = limits{SendQ: 64 << 20, HistoryMiB: 24}
)

func scenarioNames() []string {
	var out []string
	for _, sc := range scenarios {
		out = append(out, sc.name)
	}
	return out
}

// Sizes are how large the scenarios are.
type sizes struct {
	members  intList       // fanout and pipelined: members that hear
	span     time.Duration // how long deliveries are measured
	mesh     int           // clients, ten to a channel
	rate     int           // latency: deliveries a second
	crowd    int           // latency: members
	register int           // connect: clients
	storm    int           // clients in the channel
	idle     int           // idle clients; TLS and WebSocket: half as many
	hold     int           // ten-thousand: idle clients
	rush     int           // clients in one channel
	accounts int           // start-full
	logins   int           // at once
	flood    int           // connections at once
	wave     int           // spammers
	messages int           // history: how many are said
	channels int           // history: in so many channels
	queries  int           // history: of each kind; a tenth as many are measured alone
	rest     time.Duration // longest wait for memory to settle or return
}

func defaultSizes() sizes {
	return sizes{
		members: intList{10, 100, 1000}, span: 2 * time.Second, mesh: 200, rate: 25000, crowd: 100,
		register: 3000, storm: 1000, idle: 2000, hold: 10000, rush: 5000, accounts: 100_000, logins: 2000, flood: 3000, wave: 500, messages: 1_000_000, channels: 1000, queries: 20_000, rest: 30 * time.Second,
	}
}

func (s *sizes) flags(fs *flag.FlagSet) {
	fs.Var(&s.members, "members", "fanout, pipelined: members that hear, comma-separated")
	fs.DurationVar(&s.span, "span", s.span, "how long deliveries are measured")
	fs.IntVar(&s.mesh, "mesh", s.mesh, "mesh: clients, ten to a channel")
	fs.IntVar(&s.rate, "rate", s.rate, "latency: deliveries a second")
	fs.IntVar(&s.crowd, "crowd", s.crowd, "latency, slow-reader: members")
	fs.IntVar(&s.register, "register", s.register, "connect: clients")
	fs.IntVar(&s.storm, "storm", s.storm, "storm: clients in one channel")
	fs.IntVar(&s.idle, "idle", s.idle, "idle: clients (TLS and WebSocket: half)")
	fs.IntVar(&s.hold, "hold", s.hold, "ten-thousand: idle clients")
	fs.IntVar(&s.rush, "rush", s.rush, "rush: clients in one channel")
	fs.IntVar(&s.accounts, "accounts", s.accounts, "start-full: accounts")
	fs.IntVar(&s.logins, "logins", s.logins, "logins: clients that log in at once")
	fs.IntVar(&s.flood, "flood", s.flood, "flood: connections at once")
	fs.IntVar(&s.wave, "wave", s.wave, "wave: spammers")
	fs.IntVar(&s.messages, "messages", s.messages, "history: messages that are said")
	fs.IntVar(&s.channels, "channels", s.channels, "history: channels they are said in")
	fs.IntVar(&s.queries, "queries", s.queries, "history: queries of each kind")
	fs.DurationVar(&s.rest, "rest", s.rest, "longest wait for memory to settle")
}

// An intList is a flag of comma-separated numbers.
type intList []int

func (l *intList) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(*l), " ", ","), "[]")
}

func (l *intList) Set(s string) error {
	*l = nil
	for f := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(f)
		if err != nil || n < 1 {
			return fmt.Errorf("want numbers such as 10,100, not %q", s)
		}
		*l = append(*l, n)
	}
	return nil
}
