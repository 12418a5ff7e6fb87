package server

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"path/filepath"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/httpapi"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/listener"
	"github.com/parley-irc/parley/ircd/transfer"
)

// openAPI makes what answers the requests of programs, and tells web hooks.
func (s *Server) openAPI() {
	s.bus = httpapi.NewBus()
	s.bus.Follow(s.Core)
	s.hooks = httpapi.NewWebhooks(s.bus, s.Log)
	o := httpapi.Options{
		Core: s.Core, Log: s.Log, Rehash: s.Rehash, Check: s.checkText, Backup: s.backup, Facts: s.facts, Bus: s.bus,
		Stop: func(reason string) {
			if reason == "" {
				s.Stop("Server shutting down")
				return
			}
			s.Stop(lang.Verbatim, reason)
		},
	}
	if s.history != nil {
		o.History = s.history
	}
	s.api = httpapi.New(o)
	s.configureAPI(s.config)
}

// configureAPI takes over what the configuration says of who is told what.
func (s *Server) configureAPI(c *config.Config) {
	s.bus.Awake(c.API.Enabled || len(c.API.Webhooks) > 0)
	s.hooks.Configure(c.API.Webhooks)
}

// apiSpec is the HTTP server of the API.
func (s *Server) apiSpec(c *config.Config) webSpec {
	sp := webSpec{purpose: "API", address: c.API.Listen, handler: s.api.Handler, secure: c.API.TLS, ends: s.api.Close}
	if c.API.TLS {
		sp.load = func(to *listener.Certificates, c *config.Config) error {
			return s.loadPairs(to, pairs(c, config.Listener{}))
		}
		sp.wrap = func(ln net.Listener, certs *listener.Certificates) net.Listener {
			t := listener.TLSConfig(certs, c.TLS.MinVersion)
			t.NextProtos, t.ClientAuth = []string{"h2", "http/1.1"}, tls.NoClientCert
			return tls.NewListener(ln, t)
		}
	}
	return sp
}

// tellRehash tells programs what came of a rehash.
func (s *Server) tellRehash(report []lang.Phrase, err error) {
	e := httpapi.RehashEvent{OK: err == nil, Report: []string{}}
	for _, line := range report {
		e.Report = append(e.Report, line.String())
	}
	if err != nil {
		e.Report = append(e.Report, err.Error())
	}
	s.bus.Tell(s.Core, "server.rehash", e)
}

func (s *Server) facts() httpapi.Facts {
	f := httpapi.Facts{Writable: s.own.Writable(), Listeners: []httpapi.Listening{}}
	for _, l := range s.Listening() {
		f.Listeners = append(f.Listeners, httpapi.Listening{Address: l.Address, For: l.For})
	}
	if s.history != nil {
		st := s.history.Stats()
		f.History = &st
	}
	return f
}

// checkText returns what is wrong with the text of a configuration, whose paths begin where
// those of the server's do or, if it is "", with the file.
func (s *Server) checkText(text string) config.Problems {
	var problems config.Problems
	if text == "" {
		_, err := Load(s.options.Config, s.options.Env)
		if err != nil && !errors.As(err, &problems) {
			problems = config.Problems{{Message: err.Error()}}
		}
		return problems
	}
	dir, err := filepath.Abs(filepath.Dir(s.options.Config))
	if err != nil {
		return config.Problems{{Message: err.Error()}}
	}
	c, err := config.Parse(filepath.Join(dir, "parley.toml"), []byte(text), s.options.Env)
	if err != nil {
		if !errors.As(err, &problems) {
			problems = config.Problems{{Message: err.Error()}}
		}
		return problems
	}
	return Check(c)
}

// backup writes what the running server keeps.
func (s *Server) backup(ctx context.Context, what string, w io.Writer) error {
	d := transfer.Data{Store: s.store}
	if s.history != nil {
		d.History = s.history
	}
	_, err := transfer.Export(ctx, d, ExportOptions(what, s.Core.Name(), s.options.Version), w)
	return err
}

// scopes sees to it that tokens and web hooks name what there is.
func (k *checker) scopes() {
	for i, t := range k.API.Tokens {
		if name := httpapi.Unknown(t.Scopes); name != "" {
			k.bad(at("api.token", i, "scopes"), "there is no scope %q; docs/reference/api.md lists them", name)
		}
	}
	for i, w := range k.API.Webhooks {
		if name := httpapi.UnknownEvent(w.Events); name != "" {
			k.bad(at("api.webhook", i, "events"), "there is no event %q; docs/reference/api.md lists them", name)
		}
	}
}

// exposed looks at what others could reach without TLS.
func (k *checker) exposed() {
	if a := k.API; a.Enabled && !a.TLS && !config.Local(a.Listen) {
		k.bad("api.listen", "others reach %s without TLS: tokens can be read on the way. Write tls = true below it, or listen on 127.0.0.1 "+
			"and let a proxy speak TLS", a.Listen)
	}
	if m := k.Monitoring; m.Enabled && !config.Local(m.Listen) {
		k.bad("monitoring.listen", "others reach %s, and nobody is asked who they are; leave it to this machine, or to a private network", m.Listen)
	}
}
