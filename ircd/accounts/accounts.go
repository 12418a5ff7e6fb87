package accounts

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/mail"
	"github.com/parley-irc/parley/ircd/passkey"
	"github.com/parley-irc/parley/ircd/store"
)

// Options are the rules of a Service. The zero value of a field stands for the
// value given here.
type Options struct {
	Names   casemap.Mapping
	MaxName int             // bytes of a name: 64
	Hash    password.Params // password.Default
	// ScramIterations makes guessing costly for who has stolen the records, and
	// logging in for clients: 10,000.
	ScramIterations int
	Workers         int           // passwords hashed at once: half the cores, at least 1
	Queue           time.Duration // how long a password waits to be hashed: 20 s
	PerAccount      Limit         // of failed attempts, per account: 10, then one in 30 s
	PerAddress      Limit         // and per address: 30, then one in 10 s
	VerifyEmail     bool          // an account is usable only after Verify; needs Mail
	VerifyWithin    time.Duration // how long an account waits for that: 24 h
	Mail            *mail.Mailer  // nil: owners get no mail
	Network         string        // its name, for mail
	ExpireAfter     time.Duration // how long an account may be unused; 0: for ever
	KeepLogins      int           // logins that are kept of an account: 10; negative: none
	// Authorities check passwords of who has none here, and Tokens those that an issuer
	// has given; nil: there are none.
	Authorities []Authority
	Tokens      Tokens
	// Passkeys is whom passkeys sign for; nil: there are none.
	Passkeys *passkey.Party
	// Policy decides last whether a login may happen, by rules of the server
	// rather than of the account. It must not wait.
	Policy func(a *Account, m Method, addr netip.Addr) error
	Now    func() time.Time // time.Now
	Log    *slog.Logger     // slog.Default
}

func (o Options) withDefaults() Options {
	or(&o.MaxName, 64)
	or(&o.Hash, password.Default)
	or(&o.ScramIterations, 10_000)
	or(&o.Workers, max(1, runtime.NumCPU()/2))
	or(&o.Queue, 20*time.Second)
	or(&o.PerAccount, Limit{Burst: 10, Every: 30 * time.Second})
	or(&o.PerAddress, Limit{Burst: 30, Every: 10 * time.Second})
	or(&o.VerifyWithin, 24*time.Hour)
	or(&o.KeepLogins, 10)
	if o.Policy == nil {
		o.Policy = func(*Account, Method, netip.Addr) error { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	or(&o.Log, slog.Default())
	return o
}

func or[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// A Service is the accounts of a network.
type Service struct {
	store     store.Store
	names     casemap.Mapping
	clock     func() time.Time
	opts      atomic.Pointer[Options]
	forbidden atomic.Pointer[func(string) bool]
	present   atomic.Pointer[func() []string]
	index     index
	pool      pool
	secret    []byte // makes up verifiers of accounts that do not exist

	// gate is held shared while somebody becomes an account, and exclusively
	// while an account changes: a suspended account gets no session, not even
	// in the moment of its suspension. It is taken before every other lock.
	gate sync.RWMutex

	accounts, addresses, requests throttle
	friends                       known
	notes                         notes
	cancel                        []func()

	// ctx ends with the Service; jobs are what runs in the background, so many.
	ctx        context.Context
	stop       context.CancelFunc
	jobs       sync.WaitGroup
	background chan struct{}
}

// backgroundJobs is how many codes are made and mailed at once.
const backgroundJobs = 16

// Open returns the accounts in st. It fails if there is a record that this
// version cannot read, since names would be unprotected without it.
func Open(ctx context.Context, st store.Store, o Options) (*Service, error) {
	o = o.withDefaults()
	s := &Service{
		store: st, names: o.Names, clock: o.Now, pool: newPool(o.Workers, o.Queue),
		accounts: newThrottle(o.Now), addresses: newThrottle(o.Now), requests: newThrottle(o.Now),
		background: make(chan struct{}, backgroundJobs),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	if err := s.Configure(o); err != nil {
		return nil, err
	}
	s.index.init(o.Names)
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, fmt.Errorf("open the accounts: %w", err)
	}
	return s, nil
}

// Configure changes the options. Names, Workers, Queue and Now stay what they were
// when the accounts were opened.
func (s *Service) Configure(o Options) error {
	o = o.withDefaults()
	if err := o.Hash.Validate(); err != nil {
		return fmt.Errorf("password hashing: %w", err)
	}
	s.opts.Store(&o)
	return nil
}

func (s *Service) options() *Options { return s.opts.Load() }

func (s *Service) open(ctx context.Context) (err error) {
	if s.secret, err = loadSecret(ctx, s.store); err != nil {
		return err
	}
	for shelf, f := range map[string]func(store.Change) error{
		store.Accounts: s.changeAccount, store.Nicks: s.index.changeNick, store.Certs: s.index.changeCert,
	} {
		cancel, err := store.Follow(ctx, s.store, shelf, s.options().Log, f)
		if err != nil {
			return err
		}
		s.cancel = append(s.cancel, cancel)
	}
	return s.repair(ctx)
}

// Close stops watching the store, and waits for what is under way.
func (s *Service) Close() {
	s.stop()
	s.jobs.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	s.storeNotes(ctx)
	for _, cancel := range s.cancel {
		cancel()
	}
}

// Lookup returns the account called name, or that has grouped a nick called
// name, or nil.
func (s *Service) Lookup(name string) *Account {
	if rec := s.index.resolve(name); rec != nil {
		return &rec.Account
	}
	return nil
}

// A Claim says that a nick, or one that looks like it, belongs to somebody.
type Claim struct {
	Nick    string   // as it was registered
	Exact   bool     // the nick itself, not only one that looks like it
	Account *Account // nil if the nick is reserved and nobody may have it
}

// Claim returns whose nick it is. A nick of which another is registered that
// looks the same belongs to the owner of that.
func (s *Service) Claim(nick string) (c Claim, ok bool) { return s.index.claim(nick) }

// List calls f for every account, by name, until f returns false.
func (s *Service) List(f func(*Account) bool) {
	for _, rec := range s.index.all() {
		if !f(&rec.Account) {
			return
		}
	}
}

// Count returns how many accounts there are.
func (s *Service) Count() int {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	return len(s.index.accounts)
}

// OnChange makes f be called for every account that is registered (old is nil),
// changed, or removed (new is nil), on any server, when the index shows it. f
// must be quick and must not use the store. Sessions of accounts that are
// suspended or removed are ended from here.
func (s *Service) OnChange(f func(old, new *Account)) { s.index.listen(f) }

// At returns who may prove an identity from an address.
func (s *Service) At(addr netip.Addr) *Prover { return &Prover{s: s, addr: addr} }
