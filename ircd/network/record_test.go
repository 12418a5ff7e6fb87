package network

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
)

// A sink is a connection that takes everything.
type sink struct{}

func (sink) Write(b []byte) (int, error)      { return len(b), nil }
func (sink) Close() error                     { return nil }
func (sink) SetWriteDeadline(time.Time) error { return nil }

// room returns a channel with members, of whom the first speaks.
func room(tb testing.TB, members int, log history.Log) (*Network, Actor, *state.Channel) {
	tb.Helper()
	w := state.New(casemap.ASCII, modes.Channel(), 10)
	n := New(config.Default(), w, event.NewClock("uirc0000", time.Now), slog.New(slog.DiscardHandler))
	n.History = log
	var first Actor
	var ch *state.Channel
	for i := range members {
		nick := fmt.Sprintf("member%d", i)
		u, err := n.Connect(session.New(sink{}, session.Options{}), Newcomer{Nick: nick, Ident: "ident", Host: "host"})
		if err != nil {
			tb.Fatal(err)
		}
		by := Actor{User: u, Session: u.Sessions()[0]}
		if ch, _, err = n.Join(by, "#tea", "", false); err != nil {
			tb.Fatal(err)
		}
		if i == 0 {
			first = by
		}
	}
	return n, first, ch
}

// BenchmarkRecord measures what history adds to the delivery of a message, while the
// channel is locked: stamping is a part of it, because every event has its own.
func BenchmarkRecord(b *testing.B) {
	for _, kept := range []bool{false, true} {
		b.Run(fmt.Sprintf("history=%v", kept), func(b *testing.B) {
			var log history.Log
			if kept {
				log = history.New(history.Options{})
				defer log.Close()
			}
			n, by, ch := room(b, 1, log)
			text := event.MessageSent{Command: "PRIVMSG", Target: "#tea", Text: "Would you like another cup of tea? There is plenty of it left."}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				_ = ch.Update(func(cx state.ChannelTx) error { n.record(cx, n.event(by, text)); return nil })
			}
		})
	}
}

// BenchmarkSay compares the whole delivery with and without history.
func BenchmarkSay(b *testing.B) {
	for _, members := range []int{2, 100} {
		for _, kept := range []bool{false, true} {
			b.Run(fmt.Sprintf("members=%d/history=%v", members, kept), func(b *testing.B) {
				var log history.Log
				if kept {
					log = history.New(history.Options{})
					defer log.Close()
				}
				n, by, ch := room(b, members, log)
				text := event.MessageSent{Command: "PRIVMSG", Text: "Would you like another cup of tea? There is plenty of it left."}
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					if err := n.Say(by, ch, text); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkPeers measures who is to be told that somebody quits or has another nick.
func BenchmarkPeers(b *testing.B) {
	for _, members := range []int{10, 1000} {
		b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
			n, by, _ := room(b, members, nil)
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				_ = n.World.Update(func(tx *state.Tx) error {
					if got := len(tx.Peers(by.User)); got != members-1 {
						b.Fatal(got)
					}
					return nil
				})
			}
		})
	}
}
