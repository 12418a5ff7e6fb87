package server

import (
	"errors"
	"fmt"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/cluster"
	"github.com/parley-irc/parley/ircd/lang"
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

func (s *Server) rehash() ([]lang.Phrase, error) {
	if s.stopping || !s.ready.Load() {
		return nil, errors.New("the server is starting, or stopping")
	}
	loaded, err := Load(s.options.Config, s.options.Env)
	if err != nil {
		return nil, err
	}
	live := config.Live(s.config, loaded)
	texts, err := readTexts(live)
	if err != nil {
		return nil, err
	}
	mails, err := MailOptions(live, s.Log)
	if err != nil {
		return nil, err
	}
	authorities, err := OpenAuthorities(live, s.options.Now, s.Log)
	if err != nil {
		return nil, err
	}
	trust, err := cluster.NewTrust(live.Link.Pinned(), live.Link.CA)
	if err != nil {
		return nil, fmt.Errorf("link.ca: %w", err)
	}
	if err := s.logs.reopen(); err != nil {
		return nil, err
	}
	issuer, err := acmeOptions(live)
	if err != nil {
		return nil, err
	}
	webs, err := s.webs.prepare(s.webSpecs(live), live)
	if err != nil {
		return nil, err
	}
	if s.sockets, err = s.listen(live, s.sockets); err != nil {
		webs.discard()
		s.serveAll()
		return nil, err
	}
	report := describe(config.Diff(s.config, loaded))
	s.config = live
	s.logs.setLevel(live.Logging.Level)
	s.limiter.Configure(limits(live))
	if err := s.configureAccounts(live, mails, authorities); err != nil {
		return nil, err
	}
	s.Core.Configure(live, texts)
	s.relink(live, trust)
	s.serveAll()
	s.webs.adopt(webs)
	s.configureAPI(live)
	s.acme.Configure(issuer)
	s.webs.serve(s.Log)
	return report, nil
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
