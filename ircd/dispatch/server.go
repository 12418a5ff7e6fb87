package dispatch

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/authtoken"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/blocklist"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/courtesy"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/extjwt"
	"github.com/parley-irc/parley/ircd/geoip"
	"github.com/parley-irc/parley/ircd/isupport"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/profiles"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/session"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/totp"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// A Server is what commands operate on.
type Server struct {
	Network    *network.Network
	Commands   Table
	Services   Services
	Accounts   *accounts.Service   // nil: there are none
	Channels   *chanreg.Service    // registrations; nil: there are none
	VHosts     *vhosts.Service     // hosts of accounts; nil: there are none
	Memos      *memos.Service      // left for accounts; nil: there are none
	Acts       *audit.Log          // what operators do; nil: it is only in the log
	Bans       *bans.Service       // nil: there are none
	Defcon     *defcon.Service     // nil: the network is never alert
	Profiles   *profiles.Keeper    // of accounts; nil: they are not kept
	Tokens     *authtoken.Issuer   // for services elsewhere; nil: there are none
	Lookup     Lookup              // nil: addresses are not looked up
	Filters    *spamfilter.Service // nil: there are none
	Reputation *reputation.Service // nil: everybody is known
	Blocklists *blocklist.Checker  // of addresses, kept by others; nil: none are asked
	Resolver   blocklist.Resolver  // for those; nil: that of the system
	// Languages are those that texts can be read in; nil: English only.
	Languages *lang.Languages
	Cloak     func(addr netip.Addr, host string) string
	Verify    func(ctx context.Context, hash, password string) bool
	Flusher   *session.Flusher // nil: every session has its own writer
	Way       *courtesy.Way    // which who has run lines for long gives to others; or nil
	Log       *slog.Logger
	Version   string
	Started   time.Time
	// Rehash reads the configuration again, and says what came of it.
	Rehash func() (report []lang.Phrase, err error)
	// Stop stops the server.
	Stop func(reason lang.Text, words ...any)
	// Left, unless it is nil, is called when a connection that was served has ended.
	Left func()
	// Restart stops the server and starts it again, unless it says why it cannot.
	Restart func(reason lang.Text, words ...any) error

	// LoggedIn are told of who has logged in to an account. They are set before the first
	// client comes.
	LoggedIn []func(by network.Actor)

	// Arrived are told of each session that has come to be one of an account, by its own
	// request, when it has read all that is said to those who connect or log in.
	Arrived []func(r *Request)

	// Chores are done now and then, one after another. They may wait.
	Chores []func(ctx context.Context)

	// Trouble says what is wrong with what the server keeps, for operators who come; nil:
	// nothing is.
	Trouble func() []lang.Text

	// Ports says where the server listens, a line each; nil: nowhere.
	Ports func() []string

	OperFailures hourly     // by address
	MemosSent    hourly     // by account
	OperCodes    totp.Codes // that operators have used, by the name of the block

	// Recorded, unless it is nil, is told of what operators have done. It must not wait.
	Recorded func(e audit.Entry)

	Tally Tally // of what has happened since the start

	texts         atomic.Pointer[Texts]
	offer         atomic.Pointer[Offers]
	tokens        atomic.Pointer[[]string]
	greeting      atomic.Pointer[Greeting]
	tokener       atomic.Pointer[extjwt.Signer]
	language      atomic.Pointer[lang.Catalogue] // of those who have chosen none
	registrations hourly
	noted         hourly // what operators were told, by address
	intruders     intruders
	guard         guard
	spamExempt    exemptions
	groups        groups
	register      register
	listExempt    atomic.Pointer[[]bans.Query]
	places        atomic.Pointer[geoip.Reader]
	numbers       atomic.Uint64 // of connections
	unknown       atomic.Int64  // connections that are not registered
	lookalikes    lookalikes
	lobby         lobby        // for those, made with the first configuration
	hall          hall         // so is this
	maximum       atomic.Int64 // of local clients

	kept    sync.Map     // the *unkept that a *session.Session waits for
	keeping atomic.Int64 // how many are in kept

	drainage drainage
	chores   chores

	mu    sync.Mutex
	conns map[*Conn]struct{}
}

// A Lookup finds out who is behind an address. Each method waits for an answer
// no longer than its own limit.
type Lookup interface {
	Host(ctx context.Context, addr netip.Addr) (string, bool)
	Ident(ctx context.Context, local, remote netip.AddrPort) (string, bool)
}

// Offers are the capabilities offered to clients on plain and on secure
// connections: they differ in STS.
type Offers struct{ Plain, Secure *caps.Offer }

// Texts are the files that clients can read.
type Texts struct{ MOTD, Rules []lang.Phrase }

// Config returns the configuration, which is not to be modified.
func (s *Server) Config() *config.Config { return s.Network.Config() }

// Name returns the name of the server.
func (s *Server) Name() string { return s.Network.Name() }

// Now returns the time.
func (s *Server) Now() time.Time { return s.Network.Clock.Now() }

// Texts returns the files that clients can read.
func (s *Server) Texts() *Texts { return s.texts.Load() }

// Offer returns the capabilities that a client is offered.
func (s *Server) Offer(secure bool) *caps.Offer {
	o := s.offer.Load()
	if secure {
		return o.Secure
	}
	return o.Plain
}

// Configure makes what depends on the configuration anew, and tells the clients
// what has changed for them.
func (s *Server) Configure(c *config.Config, t *Texts) {
	s.Network.Configure(c)
	s.texts.Store(t)
	s.speak(c)
	s.newTokener(c)
	s.configurePush(c)
	s.configureGroups(c)
	s.configureFilters(c)
	s.configureBlocklists(c)
	offers := &Offers{Plain: s.newOffer(c, false), Secure: s.newOffer(c, true)}
	tokens := isupport.Tokens(isupport.Source{Config: c, Modes: s.Network.World.Modes, PushKey: s.pushKey()})
	s.greet(tokens)
	before, beforeTokens := s.offer.Swap(offers), s.tokens.Swap(&tokens)
	if before == nil {
		s.lobby, s.hall = newLobby(), newHall()
		return
	}
	s.followOpers()
	for _, conn := range s.Conns() {
		conn.tellChanges(before, offers, isupport.Diff(*beforeTokens, tokens))
	}
	s.persist()
}

// Follow makes who is online follow the changes of accounts.
func (s *Server) Follow() { s.Accounts.OnChange(s.accountChanged) }

// Peer is what is known about the other end of a connection.
type Peer struct {
	Addr      netip.AddrPort // zero for a unix socket
	Local     netip.AddrPort // of the server, for ident
	CertFP    string         // SHA-256 of the client certificate in hexadecimal, or ""
	CertFP512 string         // and its SHA-512
	Secure    bool
	WebSocket bool
	Tor       bool // through a listener for Tor: the address says nothing
	// LoginOnly means that the listener lets only those in who log in.
	LoginOnly bool
	Gateway   string // the name of the gateway that has told the address, or ""
	STSOnly   bool
}

// Conns returns the connections of this server.
func (s *Server) Conns() []*Conn { return s.appendConns(nil) }

func (s *Server) appendConns(all []*Conn) []*Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	all = slices.Grow(all, len(s.conns))
	for c := range s.conns {
		all = append(all, c)
	}
	return all
}

// Counts returns how many clients are registered here, how many connections are
// not yet, and the most clients there were.
func (s *Server) Counts() (clients, unknown, most int) {
	s.mu.Lock()
	n := len(s.conns)
	s.mu.Unlock()
	u := int(s.unknown.Load())
	return n - u, u, int(s.maximum.Load())
}

func (s *Server) add(c *Conn) {
	s.Tally.Connected.Add(1)
	s.unknown.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		s.conns = map[*Conn]struct{}{}
	}
	s.conns[c] = struct{}{}
}

func (s *Server) remove(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// Serve serves a client until it disconnects, or is idle: a connection that can do
// that then needs no goroutine, and goes on by itself. When ctx is cancelled, Watch
// ends it.
func (s *Server) Serve(ctx context.Context, conn net.Conn, p Peer) {
	c := newConn(ctx, s, conn, p)
	s.add(c)
	if ctx.Err() != nil {
		c.stop()
	}
	if refused := c.door(); refused != nil {
		c.close(*refused)
		return
	}
	c.Registration.lookUp()
	c.run()
}

// left notes that a connection has ended.
func (s *Server) left() {
	if s.Left != nil {
		s.Left()
	}
}
