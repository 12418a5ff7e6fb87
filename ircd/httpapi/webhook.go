package httpapi

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/outbound"
)

// retries are the pauses before an event is sent again to an address that has not taken
// it. After the last one it is dropped.
var retries = []time.Duration{
	5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// Webhooks send events to the addresses of the configuration. What waits is in memory.
type Webhooks struct {
	bus *Bus
	log *slog.Logger

	// pauses are those before another attempt; the last one has failed for good.
	pauses []time.Duration

	mu    sync.Mutex
	hooks map[string]*hook // by the address
	wait  sync.WaitGroup
}

// NewWebhooks returns none; Configure adds them.
func NewWebhooks(b *Bus, log *slog.Logger) *Webhooks {
	return &Webhooks{bus: b, log: log, pauses: retries, hooks: map[string]*hook{}}
}

// A hook is one address. Its goroutine sends one event after the other.
type hook struct {
	config.Webhook
	log    *slog.Logger
	pauses []time.Duration
	client *http.Client
	listen *Listener
	ctx    context.Context
	cancel func()
}

// Configure begins, changes and ends them. What waits for one that changes is lost.
func (ws *Webhooks) Configure(wanted []config.Webhook) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for address, h := range ws.hooks {
		if !slices.ContainsFunc(wanted, func(w config.Webhook) bool { return same(w, h.Webhook) }) {
			h.cancel()
			delete(ws.hooks, address)
		}
	}
	for _, w := range wanted {
		if ws.hooks[w.URL] != nil {
			continue
		}
		h := &hook{Webhook: w, log: ws.log, pauses: ws.pauses, client: outbound.Client(w.Private, w.Waits()), listen: ws.bus.Listen(w.Events, "")}
		h.ctx, h.cancel = context.WithCancel(context.Background())
		ws.hooks[w.URL] = h
		ws.wait.Go(h.run)
	}
}

func same(a, b config.Webhook) bool {
	return a.URL == b.URL && a.Secret == b.Secret && a.Private == b.Private && a.Timeout == b.Timeout && slices.Equal(a.Events, b.Events)
}

// Close ends them. What waits is lost.
func (ws *Webhooks) Close() {
	ws.Configure(nil)
	ws.wait.Wait()
}

func (h *hook) run() {
	defer h.client.CloseIdleConnections()
	defer h.listen.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-h.listen.Ready():
		}
		events, lost := h.listen.Take()
		if lost > 0 {
			h.log.Warn("events for a web hook are lost: too many wait", "host", h.host(), "events", lost)
		}
		for _, e := range events {
			if !h.deliver(e) {
				return
			}
		}
	}
}

// deliver sends an event until the address has taken it, or it is hopeless. It reports
// false when the hook has ended.
func (h *hook) deliver(e Event) bool {
	for try := 0; ; try++ {
		err := h.send(e)
		switch {
		case err == nil:
			return true
		case h.ctx.Err() != nil:
			return false
		case try == len(h.pauses):
			h.log.Warn("a web hook has not taken an event, which is dropped", "host", h.host(), "event", e.Type, "error", err)
			return true
		}
		h.log.Info("a web hook has not taken an event yet", "host", h.host(), "event", e.Type, "attempt", try+1, "error", err)
		t := time.NewTimer(h.pauses[try])
		select {
		case <-t.C:
		case <-h.ctx.Done():
			t.Stop()
			return false
		}
	}
}

// host is what logs say of the address, which may have a secret in it.
func (h *hook) host() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// maxAnswer is how much of an answer is read, in bytes. What it says makes no difference.
const maxAnswer = 4 << 10

// send sends an event once.
func (h *hook) send(e Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(h.ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	now := time.Now()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Parley")
	r.Header.Set("Webhook-Id", e.ID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", Sign(h.Secret, e.ID, now, body))
	answer, err := h.client.Do(r)
	if err != nil {
		return plain(err)
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the answer was %d", answer.StatusCode)
	}
	return nil
}

// plain returns the error without the address, which may have a secret in it.
func plain(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}

// Sign returns the signature of a request: what others, who know the secret, compare.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func Sign(secret, id string, at time.Time, body []byte) string {
	key := []byte(secret)
	if raw, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if b, err := base64.StdEncoding.DecodeString(raw); err == nil {
			key = b
		}
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%d.%s", id, at.Unix(), body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
