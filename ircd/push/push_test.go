package push

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
	"github.com/parley-irc/parley/ircd/wire"
)

var ctx = context.Background()

// A counter answers requests, and counts them by path.
type counter struct {
	mu     sync.Mutex
	of     map[string]int
	most   int // under way at a time
	now    int
	status int
	after  string
	slow   time.Duration
}

func (c *counter) Do(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.now++
	c.most = max(c.most, c.now)
	c.mu.Unlock()
	select {
	case <-time.After(c.slow):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
	if c.of == nil {
		c.of = map[string]int{}
	}
	c.of[r.URL.Path]++
	h := http.Header{}
	h.Set("Retry-After", c.after)
	return &http.Response{StatusCode: c.status, Header: h, Body: io.NopCloser(strings.NewReader(""))}, nil
}

func (c *counter) count(path string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[path]
}

func openStore(t *testing.T) *bunt.Store {
	st, err := bunt.Open(bunt.Memory)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// bubble runs f with a service in fake time. All accounts exist, since the beginning.
func bubble(t *testing.T, c *counter, f func(s *Service, st store.Store)) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		born := time.Now()
		s, err := Open(ctx, st, Options{
			Delay: time.Second, Expire: 24 * time.Hour, Max: 3, Contact: "tea@example.org", Rules: Rules{Ports: []uint16{443}},
			Now: time.Now, Client: c, Log: slog.New(slog.DiscardHandler),
			Owner: func(string) (time.Time, bool) { return born, true },
		})
		if err != nil {
			t.Fatal(err)
		}
		f(s, st)
		s.Close()
		_ = st.Close()
		time.Sleep(2 * time.Second) // until the last goroutine of BuntDB has ended
	})
}

func notice(account, talk, id string) Notice {
	return Notice{Account: account, Talk: talk, MsgID: id, Author: talk, Time: time.Now(),
		Line: wire.Message{Source: talk, Command: "PRIVMSG", Params: []string{account, id}}}
}

func subscribe(t *testing.T, s *Service, account, device string) {
	t.Helper()
	if err := s.Subscribe(ctx, account, "https://push.example/"+device, testKeys, caps.Of(caps.MessageTags)); err != nil {
		t.Fatal(err)
	}
}

// left returns how much waits, and for how many devices something is remembered.
func left(s *Service) (waiting, devices int) {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return s.queue.waiting, len(s.queue.of)
}

// TestBounds: whatever happens, what waits is bounded, and so is how much is sent.
func TestBounds(t *testing.T) {
	if detectsRaces {
		t.Skip("the race detector itself crashes when so many timers of a bubble of synctest expire (Go 1.26)")
	}
	c := &counter{status: 201}
	bubble(t, c, func(s *Service, _ store.Store) {
		for i := range 300 {
			subscribe(t, s, fmt.Sprint("a", i), fmt.Sprint(i))
		}
		for i := range 300 {
			for talk := range maxTalks + 2 {
				for range maxNotices + 1 {
					s.Notify(notice(fmt.Sprint("a", i), fmt.Sprint("t", talk), "m"))
				}
			}
		}
		s.queue.mu.Lock()
		if s.queue.waiting > maxWaiting || len(s.queue.of["a0"]["https://push.example/0"].talks) != maxTalks {
			t.Errorf("%d conversations wait", s.queue.waiting)
		}
		for _, x := range s.queue.of["a0"]["https://push.example/0"].talks {
			if len(x.notices) != maxNotices {
				t.Errorf("%d notices wait", len(x.notices))
			}
		}
		s.queue.mu.Unlock()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := c.count("/0"); n < 9 || n > 10 {
			t.Errorf("%d requests to a device in ten seconds", n)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if waiting, devices := left(s); waiting != 0 || devices != 0 {
			t.Errorf("%d conversations, %d devices are left", waiting, devices)
		}
		if c.most > atOnce {
			t.Errorf("%d requests at a time", c.most)
		}
	})
}

// TestTrouble: a push service that is out of order is tried ever more seldom, as it asks,
// and what is old by then is not sent.
func TestTrouble(t *testing.T) {
	c := &counter{status: 503, slow: 100 * time.Millisecond}
	bubble(t, c, func(s *Service, _ store.Store) {
		subscribe(t, s, "a", "1")
		s.Notify(notice("a", "b", "m"))
		time.Sleep(40 * time.Second)
		if n := c.count("/1"); n != 3 { // after 1, 11 and 31 seconds
			t.Errorf("%d requests", n)
		}
		time.Sleep(3 * time.Hour)
		waiting, _ := left(s)
		if n := c.count("/1"); n < 8 || n > 12 || waiting != 0 {
			t.Errorf("%d requests, %d wait", n, waiting)
		}
		c.mu.Lock()
		c.status, c.after, c.of = 429, "1800", nil
		c.mu.Unlock()
		s.Notify(notice("a", "b", "m"))
		time.Sleep(29 * time.Minute)
		if n := c.count("/1"); n != 1 {
			t.Errorf("%d requests, although later was asked for", n)
		}
		time.Sleep(2 * time.Minute)
		if n := c.count("/1"); n != 2 {
			t.Errorf("%d requests", n)
		}
	})
}

// TestHopeless: a device that cannot be reached for days is forgotten.
func TestHopeless(t *testing.T) {
	c := &counter{status: 500}
	bubble(t, c, func(s *Service, _ store.Store) {
		o := *s.options()
		o.Expire = 30 * 24 * time.Hour
		s.Configure(o)
		subscribe(t, s, "a", "1")
		for range 5 {
			s.Notify(notice("a", "b", "m"))
			time.Sleep(24 * time.Hour)
		}
		synctest.Wait()
		if !s.Idle() {
			t.Error("the device is still there")
		}
	})
}

// TestOwner: subscriptions are of the account that has made them.
func TestOwner(t *testing.T) {
	c := &counter{status: 201}
	bubble(t, c, func(s *Service, st store.Store) {
		since, may := time.Now(), true
		s.owner = func(string) (time.Time, bool) { return since, may }
		subscribe(t, s, "a", "1")
		may = false
		s.Notify(notice("a", "b", "suspended"))
		if err := s.Subscribe(ctx, "a", "https://push.example/2", testKeys, 0); !errors.Is(err, ErrNoOwner) {
			t.Errorf("a suspended account: %v", err)
		}
		since, may = since.Add(time.Hour), true
		s.Notify(notice("a", "b", "of another account"))
		time.Sleep(time.Minute)
		subscribe(t, s, "a", "2")
		s.Notify(notice("a", "b", "m"))
		time.Sleep(time.Minute)
		if c.count("/1") != 0 || c.count("/2") != 1 {
			t.Errorf("requests: %v", c.of)
		}
		rec, err := st.Get(ctx, store.Push, "a")
		if err != nil || strings.Contains(string(rec.Value), "push.example/1") {
			t.Errorf("the other's device is kept: %v", err)
		}
	})
}

// TestReopen: subscriptions and the key are durable.
func TestReopen(t *testing.T) {
	c := &counter{status: 201}
	bubble(t, c, func(s *Service, st store.Store) {
		subscribe(t, s, "a", "1")
		again, err := Open(ctx, st, Options{Max: 1, Expire: time.Hour, Now: time.Now, Client: c, Owner: s.owner, Log: s.log})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if again.PublicKey() != s.PublicKey() || len(again.PublicKey()) != 87 {
			t.Errorf("keys %q and %q", s.PublicKey(), again.PublicKey())
		}
		again.Notify(notice("a", "b", "m"))
		time.Sleep(time.Minute)
		if c.count("/1") != 1 {
			t.Errorf("requests: %v", c.of)
		}
	})
}

// TestForget: what somebody has said is not sent who wants it forgotten.
func TestForget(t *testing.T) {
	c := &counter{status: 201}
	bubble(t, c, func(s *Service, _ store.Store) {
		subscribe(t, s, "a", "1")
		s.Notify(notice("a", "b", "m"))
		s.Forget("b")
		time.Sleep(time.Minute)
		if c.count("/1") != 0 {
			t.Error("it was sent")
		}
	})
}

// TestUnderWay: what is read while it is being sent is taken back.
func TestUnderWay(t *testing.T) {
	c := &counter{status: 201, slow: 2 * time.Second}
	bubble(t, c, func(s *Service, _ store.Store) {
		if err := s.Subscribe(ctx, "a", "https://push.example/1", testKeys, caps.Of(caps.ReadMarker)); err != nil {
			t.Fatal(err)
		}
		s.Notify(notice("a", "b", "m"))
		time.Sleep(2 * time.Second)
		s.Read("a", "b", time.Now(), wire.Message{Command: "MARKREAD", Params: []string{"b", "timestamp=x"}})
		time.Sleep(time.Minute)
		if c.count("/1") != 2 {
			t.Errorf("requests: %v", c.of)
		}
	})
}

func TestPayload(t *testing.T) {
	m := wire.Message{Tags: wire.Tags{{Key: "msgid", Value: "1"}, {Key: "time", Value: "t"}}, Source: "a", Command: "PRIVMSG", Params: []string{"b", strings.Repeat("x", 400)}}
	all := ^caps.Set(0)
	if got := string(payload(&m, all)); got != "@msgid=1;time=t :a PRIVMSG b :"+m.Params[1] {
		t.Error(got)
	}
	for i := range 40 {
		m.Tags = append(m.Tags, wire.Tag{Key: fmt.Sprint("+x", i), Value: strings.Repeat("y", 90)})
	}
	if got := string(payload(&m, all)); got != "@msgid=1;time=t :a PRIVMSG b :"+m.Params[1] {
		t.Error(got)
	}
	m.Tags = append(m.Tags, wire.Tag{Key: "draft/long", Value: strings.Repeat("y", 3900)})
	if got := string(payload(&m, all)); got != "@msgid=1 :a PRIVMSG b :"+m.Params[1] {
		t.Error(got)
	}
	if n := len(payload(&m, 0)); n != len(":a PRIVMSG b :")+400 {
		t.Error(n)
	}
}
