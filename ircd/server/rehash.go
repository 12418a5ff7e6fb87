package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/acme"
	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/geoip"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/mail"
)

// Rehash reads the configuration, the certificates and the texts again, and
// returns what has changed, a line each. With an error nothing has.
func (s *Server) Rehash() (report []lang.Phrase, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	report, err = s.rehash()
	s.rehashes.note(err, time.Now())
	s.tellRehash(report, err)
	if err != nil {
		s.Log.Error("the configuration has not changed, because the new one cannot be used", "error", err)
		return nil, err
	}
	for _, line := range report {
		s.Log.Info("rehash: " + line.String())
	}
	return report, nil
}

func (s *Server) rehash() (report []lang.Phrase, err error) {
	if s.stopping || !s.ready.Load() {
		return nil, errors.New("the server is starting, or stopping")
	}
	n, err := s.prepare()
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			n.authorities.Close()
		}
	}()
	webs, err := s.webs.prepare(s.webSpecs(n.live), n.live)
	if err != nil {
		return nil, errors.Join(err, s.webs.renew(s.config))
	}
	// The last that can fail: the addresses of listeners may be taken.
	if s.sockets, err = s.listen(n.live, s.sockets); err != nil {
		webs.discard()
		s.serveAll()
		return nil, errors.Join(err, s.webs.renew(s.config))
	}
	report = describe(config.Diff(s.config, n.loaded))
	s.apply(n)
	s.webs.adopt(webs)
	s.webs.serve(s.Log)
	return report, nil
}

// A next is a configuration that can be used, with all that was read for it.
type next struct {
	loaded, live *config.Config // as it is written, and without what waits for a start
	texts        *dispatch.Texts
	mails        mail.Options
	authorities  *Authorities
	trust        *cluster.Trust
	places       *geoip.Reader
	issuer       acme.Options
}

// prepare reads the configuration and what it names. It changes nothing.
func (s *Server) prepare() (n *next, err error) {
	n = &next{}
	if n.loaded, err = Load(s.options.Config, s.options.Env); err != nil {
		return nil, err
	}
	n.live = config.Live(s.config, n.loaded)
	if n.texts, err = readTexts(n.live); err != nil {
		return nil, err
	}
	if n.mails, err = MailOptions(n.live, s.Log); err != nil {
		return nil, err
	}
	if err := AccountOptions(n.live, s.options.Now).Hash.Validate(); err != nil {
		return nil, fmt.Errorf("password hashing: %w", err)
	}
	if n.trust, err = cluster.NewTrust(n.live.Link.Pinned(), n.live.Link.CA); err != nil {
		return nil, fmt.Errorf("link.ca: %w", err)
	}
	if n.issuer, err = acmeOptions(n.live); err != nil {
		return nil, err
	}
	if n.places, err = geoip.Open(n.live.GeoIP.Country, n.live.GeoIP.ASN); err != nil {
		return nil, err
	}
	if err := s.logs.reopen(); err != nil {
		return nil, err
	}
	// They may run programs, which have to be ended if what follows fails: nothing does.
	n.authorities, err = OpenAuthorities(n.live, s.options.Now, s.Log)
	return n, err
}

// apply takes a configuration into use. Nothing in it can fail.
func (s *Server) apply(n *next) {
	s.config = n.live
	s.logs.setLevel(n.live.Logging.Level)
	s.limiter.Configure(s.limits(n.live))
	s.configureAccounts(n.live, n.mails, n.authorities)
	s.Core.SetPlaces(n.places)
	s.Core.Configure(n.live, n.texts)
	s.relink(n.live, n.trust)
	s.serveAll()
	s.configureAPI(n.live)
	s.acme.Configure(n.issuer)
}

// describe says what has changed.
func describe(changes []config.Change) (report []lang.Phrase) {
	for _, c := range changes {
		switch {
		case c.Restart:
			report = append(report, lang.Text("%s stays %s until the next start; then it is %s").With(c.Key, c.Old, c.New))
		case c.Old == "":
			report = append(report, lang.Text("%s is new").With(c.Key))
		case c.New == "":
			report = append(report, lang.Text("%s is gone").With(c.Key))
		default:
			report = append(report, lang.Text("%s is now %s, it was %s").With(c.Key, c.New, c.Old))
		}
	}
	if report == nil {
		report = append(report, lang.Text("no setting has changed; certificates and texts were read again").With())
	}
	return report
}
