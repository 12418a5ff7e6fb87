package httpapi

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-irc/parley/config"
)

// A said is what a log says.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen: " + what)
		}
	}
}

const secret = "this is what both of us know, and nobody else"

func newHooks(t *testing.T) (*Bus, *Webhooks, *said) {
	log := &said{}
	b := NewBus()
	b.Awake(true)
	ws := NewWebhooks(b, slog.New(slog.NewTextHandler(log, nil)))
	ws.pauses = []time.Duration{time.Millisecond, 2 * time.Millisecond, 3 * time.Millisecond}
	t.Cleanup(ws.Close)
	return b, ws, log
}

func happened(id, kind string) Event {
	return Event{ID: id, Type: kind, Time: time.Unix(1800000000, 0).UTC(), Server: "irc.tea.example", Data: AccountEvent{Account: "alice"}}
}

// TestWebhook: an address gets the events it wants, signed, in their order, and again
// until it has taken them.
func TestWebhook(t *testing.T) {
	var mu sync.Mutex
	var got []string
	var tries atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var stamp int64
		json.Unmarshal([]byte(r.Header.Get("Webhook-Timestamp")), &stamp)
		if want := Sign(secret, r.Header.Get("Webhook-Id"), time.Unix(stamp, 0), body); r.Header.Get("Webhook-Signature") != want || time.Since(time.Unix(stamp, 0)) > time.Minute {
			t.Errorf("the signature is %q, want %q", r.Header.Get("Webhook-Signature"), want)
		}
		if tries.Add(1) <= 2 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		var e Event
		if err := json.Unmarshal(body, &e); err != nil || e.ID != r.Header.Get("Webhook-Id") {
			t.Error(err, string(body))
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, e.ID+" "+e.Type)
	}))
	defer s.Close()
	b, ws, log := newHooks(t)
	ws.Configure([]config.Webhook{{URL: s.URL + "/secret-path", Secret: secret, Events: []string{"account.*"}, Private: true}})
	b.Publish(happened("1", "account.registered"))
	b.Publish(happened("2", "ban.set"))
	b.Publish(happened("3", "account.removed"))
	eventually(t, "both are taken", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(got, ", ") == "1 account.registered, 3 account.removed"
	})
	if text := log.String(); !strings.Contains(text, "the answer was 502") || strings.Contains(text, "secret-path") {
		t.Errorf("the log says %s", text)
	}
	// One that takes nothing is given up, and holds nothing up for ever.
	tries.Store(-1 << 30)
	b.Publish(happened("4", "account.removed"))
	eventually(t, "it is dropped", func() bool { return strings.Contains(log.String(), "is dropped") })
}

// TestWebhookAddresses: nobody is sent requests who is not on the internet, and nothing
// goes there that others can read, unless the operator wants it.
func TestWebhookAddresses(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer s.Close()
	redirect := httptest.NewServer(http.RedirectHandler(s.URL, http.StatusTemporaryRedirect))
	defer redirect.Close()
	b, ws, log := newHooks(t)
	ws.Configure([]config.Webhook{
		{URL: s.URL, Secret: secret, Events: []string{"*"}},
		{URL: "https://localhost:" + s.URL[strings.LastIndexByte(s.URL, ':')+1:] + "/", Secret: secret, Events: []string{"*"}},
		{URL: redirect.URL, Secret: secret, Events: []string{"*"}, Private: true},
	})
	b.Publish(happened("1", "account.registered"))
	eventually(t, "all are given up", func() bool { return strings.Count(log.String(), "is dropped") == 3 })
	if n := asked.Load(); n > 0 {
		t.Errorf("it was asked %d times", n)
	}
	if text := log.String(); strings.Count(text, "the address is not public") < 2 || !strings.Contains(text, "the answer was 307") {
		t.Errorf("the log says %s", text)
	}
}

// TestBus: who does not keep up misses events, is told how many, and holds nobody up.
func TestBus(t *testing.T) {
	b := NewBus()
	slow, other := b.Listen([]string{"*"}, ""), b.Listen([]string{"ban.set"}, "")
	for range mostWaiting + 10 {
		b.Publish(happened("1", "account.registered"))
	}
	b.Publish(happened("2", "ban.set"))
	if events, lost := slow.Take(); len(events) != mostWaiting || lost != 11 {
		t.Errorf("%d events, %d are lost", len(events), lost)
	}
	if events, lost := other.Take(); len(events) != 1 || lost != 0 {
		t.Errorf("%d events, %d are lost", len(events), lost)
	}
	slow.Stop()
	b.Publish(happened("3", "ban.set"))
	if events, _ := slow.Take(); len(events) != 0 {
		t.Error("who has stopped is told")
	}
	if events, _ := b.Listen([]string{"ban.*"}, "2").Take(); len(events) != 1 || events[0].ID != "3" {
		t.Errorf("who comes back is told %v", events)
	}
	if len(b.recent) > keptEvents {
		t.Error("too many are kept")
	}
}
