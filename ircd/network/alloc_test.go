package network

import (
	"errors"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/link/local"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/state"
)

const tea = "Would you like another cup of tea? There is plenty of it left."

// TestSayAllocations tests the budget of a message on its way to the queues: event and
// body, the texts of its tags, the room for parameters and tags, frame and bytes. Neither
// recipients nor history nor filters that are not there cost any. Who tells other servers needs
// the list of histories that it is in, and the bytes for them.
func TestSayAllocations(t *testing.T) {
	plain := event.MessageSent{Command: "PRIVMSG", Text: tea}
	tagged := plain
	tagged.Tags = []event.Tag{{Key: "+reply", Value: "01jgh3v6w2r8"}}
	for _, c := range []struct {
		name         string
		kept, linked bool
		text         event.MessageSent
		most         float64
	}{
		{"without history", false, false, plain, 6},
		{"with history", true, false, plain, 6},
		{"with tags of the client", true, false, tagged, 6},
		{"linked", true, true, plain, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log history.Log
			if c.kept {
				log = history.New(history.Options{})
				defer log.Close()
			}
			n, by, ch := silentRoom(t, 20, log)
			n.Hooks.Screen = func(Actor, Words) *Finding { return nil }
			n.Hooks.Unscreened = func() bool { return true }
			if c.linked {
				n.Associate(Describe(n.Config(), n.Clock.Server(), "test", time.Now()))
				n.Link = local.Link{}
			}
			got := testing.AllocsPerRun(500, func() {
				if err := n.Say(by, ch, c.text); err != nil {
					t.Fatal(err)
				}
			})
			if got > c.most {
				t.Errorf("%v allocations, at most %v", got, c.most)
			}
		})
	}
}

// TestTellAllocations tests the budget of a message to one user, and of one to two channels,
// each of which reads its own.
func TestTellAllocations(t *testing.T) {
	n, by, ch := silentRoom(t, 20, nil)
	text := event.MessageSent{Command: "PRIVMSG", Text: tea}
	target := n.World.User("member1")
	for _, c := range []struct {
		name string
		most float64
		do   func() error
	}{
		{"to a user", 8, func() error { _, err := n.Tell(by, target, text); return err }},
		{"to a channel, twice", 12, func() error { return errors.Join(n.Say(by, ch, text), n.Say(by, ch, text)) }},
	} {
		got := testing.AllocsPerRun(500, func() {
			if err := c.do(); err != nil {
				t.Fatal(err)
			}
		})
		if got > c.most {
			t.Errorf("%s: %v allocations, at most %v", c.name, got, c.most)
		}
	}
}

// silentRoom is a room whose members hear nothing: what queues cost is tested in package
// session.
func silentRoom(t *testing.T, members int, log history.Log) (*Network, Actor, *state.Channel) {
	n, by, ch := room(t, members, log)
	ch.View(func(v state.View) {
		for _, m := range v.Members() {
			for _, s := range m.Sessions() {
				s.Drop()
			}
		}
	})
	return n, by, ch
}

// TestPlaybackAllocations tests the budget of a page of the past on its way to the queue: the
// texts of the tags of each message.
func TestPlaybackAllocations(t *testing.T) {
	n, s, page := pastOf(t)
	playback(n, s, page) // the queue has its pages from now on
	got := testing.AllocsPerRun(20, func() { playback(n, s, page) })
	if most := float64(len(page) + len(page)/4); got > most {
		t.Errorf("%v allocations for %d messages, at most %v", got, len(page), most)
	}
}

// BenchmarkPlayback measures what it costs to send a page of the past.
func BenchmarkPlayback(b *testing.B) {
	n, s, page := pastOf(b)
	b.ReportAllocs()
	for b.Loop() {
		playback(n, s, page)
	}
}

// pastOf returns a hundred messages, and a session that reads them as clients of today do.
func pastOf(tb testing.TB) (*Network, *session.Session, []*event.Event) {
	n, by, _ := room(tb, 1, nil)
	var page []*event.Event
	for range 100 {
		page = append(page, n.event(by, event.MessageSent{Command: "PRIVMSG", Target: "#tea", Text: tea}))
	}
	s := session.New(sink{}, session.Options{})
	s.SetCaps(caps.Of(caps.Batch, caps.ServerTime, caps.MessageTags))
	return n, s, page
}

// playback sends a page as CHATHISTORY does.
func playback(n *Network, s *session.Session, page []*event.Event) {
	ref := s.StartBatch("chathistory", "#tea")
	past := n.Playback("#tea", s.Caps())
	for _, e := range page {
		for _, m := range past.Lines(e) {
			s.ReplyInBatch(ref, &m)
		}
		s.Wait()
	}
	s.EndBatch(ref)
}
