// Package push sends Web Push notifications to the devices of people who are away when
// they are spoken to.
//
// A device tells the server an address at a push service, and keys by which only the
// device can read what is sent there. What the server is told by a client is where it
// sends requests to, so the requests are what matters most here: they leave by a dialer
// of our own that decides by the address that is dialled, not by a name, and nothing
// of the answer but its number is of any consequence.
//
// What is to be sent waits in memory, and is lost with the process: it is worth little
// a minute later, and the messages themselves are in the history. Subscriptions are
// durable.
//
// https://github.com/ircv3/ircv3-specifications/pull/471
package push

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/store"
)

// Options are how a Service works. Configure changes all but Now, Owner and Client.
type Options struct {
	Delay   time.Duration // how long a notification waits
	Expire  time.Duration // how long a subscription lives that is not renewed
	Max     int           // subscriptions of an account
	Contact string        // an e-mail address or an https URL
	Rules   Rules         // whom to send requests to
	Off     bool          // nothing is sent, and nobody subscribes

	Now func() time.Time
	// Owner returns since when there is an account by its folded name; ok is false if
	// nobody may use it. A subscription is of an account, not of the next one of the
	// name.
	Owner func(account string) (since time.Time, ok bool)
	// Client, unless it is nil, sends the requests instead of one that follows Rules.
	Client Client
	Log    *slog.Logger
}

// A Service is the subscriptions of a network, and what waits to be sent.
type Service struct {
	store   store.Store
	log     *slog.Logger
	now     func() time.Time
	owner   func(account string) (time.Time, bool)
	key     Key
	client  Client
	rules   atomic.Pointer[Rules]
	opts    atomic.Pointer[Options]
	ctx     context.Context
	cancel  context.CancelFunc
	unwatch func()
	slots   chan struct{} // requests under way
	busy    sync.WaitGroup

	subs  subscriptions
	queue queue

	sent, failures atomic.Uint64
}

// Counts returns how many notifications the push services have taken, and how many
// attempts have failed, since the start.
func (s *Service) Counts() (sent, failed uint64) { return s.sent.Load(), s.failures.Load() }

// atOnce is how many requests are under way at the same time, at most.
const atOnce = 8

// Open reads the subscriptions. The key is made if the store has none. Close must
// follow.
func Open(ctx context.Context, st store.Store, o Options) (*Service, error) {
	s := &Service{store: st, log: o.Log, now: o.Now, owner: o.Owner, client: o.Client, slots: make(chan struct{}, atOnce)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.Configure(o)
	if s.client == nil {
		s.client = s.newClient()
	}
	var err error
	if s.key, err = loadKey(ctx, st); err != nil {
		return nil, fmt.Errorf("open the push notifications: %w", err)
	}
	s.queue.init()
	if s.unwatch, err = st.Watch(ctx, store.Push, s.read); err != nil {
		return nil, fmt.Errorf("open the push notifications: %w", err)
	}
	return s, nil
}

// Configure changes the options.
func (s *Service) Configure(o Options) {
	s.rules.Store(&o.Rules)
	s.opts.Store(&o)
}

func (s *Service) options() *Options { return s.opts.Load() }

// Enabled reports whether devices can subscribe.
func (s *Service) Enabled() bool { return s != nil && !s.options().Off }

// PublicKey returns the key by which push services know this network.
// https://www.rfc-editor.org/rfc/rfc8292
func (s *Service) PublicKey() string { return s.key.Public }

// Close forgets what waits, and ends the requests under way.
func (s *Service) Close() {
	s.cancel()
	s.unwatch()
	s.queue.close()
	s.busy.Wait()
}
