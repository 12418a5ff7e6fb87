package server

import (
	"context"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/acme"
	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/bans"
	"github.com/parley-irc/parley/ircd/chanreg"
	"github.com/parley-irc/parley/ircd/courtesy"
	"github.com/parley-irc/parley/ircd/defcon"
	"github.com/parley-irc/parley/ircd/dispatch"
	historybunt "github.com/parley-irc/parley/ircd/history/bunt"
	"github.com/parley-irc/parley/ircd/httpapi"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/link"
	"github.com/parley-irc/parley/ircd/listener"
	"github.com/parley-irc/parley/ircd/mail"
	"github.com/parley-irc/parley/ircd/markers"
	"github.com/parley-irc/parley/ircd/memos"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/push"
	"github.com/parley-irc/parley/ircd/reputation"
	"github.com/parley-irc/parley/ircd/server/control"
	"github.com/parley-irc/parley/ircd/spamfilter"
	"github.com/parley-irc/parley/ircd/store"
	"github.com/parley-irc/parley/ircd/store/bunt"
	"github.com/parley-irc/parley/ircd/store/jetstream"
	"github.com/parley-irc/parley/ircd/vhosts"
)

// Options are what a server is started with.
type Options struct {
	Config  string   // the path of the configuration; "" for the defaults
	Env     []string // as of os.Environ, for PARLEY__SECTION__KEY
	Version string   // without spaces
	Stderr  io.Writer
	// Now is the wall clock that users see; nil is time.Now.
	Now func() time.Time
	// Sockets are those that an earlier program has handed over, by the address of
	// the configuration. They are used or closed.
	Sockets map[string]*os.File
	// Context, unless it is nil, ends a Start that waits: a server that joins a network
	// does, until another one lets it in.
	Context context.Context
}

// A Server is a running server.
type Server struct {
	Core *dispatch.Server
	Log  *slog.Logger
	// ID names this server for as long as its data folder exists.
	ID string
	// First reports whether the data folder was made at this start.
	First bool

	options  Options
	logs     *logs
	folder   *folder
	store    store.Store
	own      *bunt.Store      // what of the records is on this server: all of them
	linked   *jetstream.Store // nil: the server is alone
	self     *link.Server     // what other servers are told of this one
	up       bool             // the link has begun
	found    chan struct{}    // see jetstream.Options
	waiting  context.Context
	ready    atomic.Bool
	serving  chan struct{} // closed when it is ready
	mailer   *mail.Mailer
	history  *historybunt.Log // nil: none is kept
	accounts *accounts.Service
	channels *chanreg.Service
	vhosts   *vhosts.Service
	memos    *memos.Service
	acts     *audit.Log
	bans     *bans.Service
	defcon   *defcon.Service
	filters  *spamfilter.Service
	names    *reputation.Service
	markers  *markers.Keeper
	push     *push.Service
	limiter  *listener.Limiter
	way      *courtesy.Way
	parking  *listener.Parking
	control  *control.Server
	clients  group
	loops    sync.WaitGroup
	ctx      context.Context // of connections
	cancel   context.CancelFunc
	stop     chan lang.Phrase
	started  time.Time
	network  atomic.Pointer[network.Network] // for goroutines that are there before it

	authorities *Authorities

	refused  refusals
	rehashes rehashes
	webs     webs
	api      *httpapi.API
	bus      *httpapi.Bus
	hooks    *httpapi.Webhooks
	acme     *acme.Manager
	prober   prober
	waits    waits

	mu         sync.Mutex     // held by a rehash
	config     *config.Config // in use
	sockets    []*socket
	endings    []ending // what close does at last, backwards
	stopping   bool
	restarting bool
	handed     map[string]*os.File // when the server has stopped
}

// Start starts a server. An error of the configuration is of type
// config.Problems. Run must follow.
func Start(o Options) (*Server, error) {
	c, err := Load(o.Config, o.Env)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{options: o, config: c, stop: make(chan lang.Phrase, 1), started: time.Now(), found: make(chan struct{}, 1), serving: make(chan struct{})}
	s.rehashes.begin(s.started)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.waiting = o.whileWaiting()
	if err := s.start(); err != nil {
		s.close(lang.Text("The server did not start").With())
		return nil, err
	}
	return s, nil
}

// start opens what the server needs, in an order in which each may fail without
// others having noticed: clients come last.
func (s *Server) start() (err error) {
	if s.folder, err = openFolder(s.config.Server.DataDir); err != nil {
		return err
	}
	s.finallyClose(s.folder.close)
	if s.logs, err = openLogs(s.config.Logging, s.options.Stderr); err != nil {
		return err
	}
	s.finallyClose(s.logs.close)
	s.Log = s.logs.logger()
	texts, err := readTexts(s.config)
	if err != nil {
		return err
	}
	if s.control, err = control.Listen(s.folder.path, s.answer); err != nil {
		return err
	}
	if err := s.openStore(); err != nil {
		return err
	}
	if err := s.openCore(texts); err != nil {
		return err
	}
	s.limiter = listener.NewLimiter(s.limits(s.config))
	if s.parking, err = listener.NewParking(); err != nil {
		return err
	}
	s.finally("close the parking", s.parking.Close)
	if err = s.openACME(); err != nil {
		return err
	}
	if s.sockets, err = s.listen(s.config, nil); err != nil {
		return err
	}
	if err = s.webs.open(s.webSpecs(s.config), s.config); err != nil {
		return err
	}
	s.closeInherited()
	s.serveAll()
	s.webs.serve(s.Log)
	s.ready.Store(true)
	close(s.serving)
	s.loops.Go(func() { s.acme.Run(s.ctx) })
	return nil
}

// Config returns the configuration in use, which is not to be modified.
func (s *Server) Config() *config.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config
}
