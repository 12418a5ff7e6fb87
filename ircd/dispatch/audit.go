package dispatch

import (
	"log/slog"

	"github.com/parley-irc/parley/ircd/audit"
	"github.com/parley-irc/parley/ircd/network"
)

// Audit notes what the client has done by a privilege, or tried to: in the log, in
// what AUDIT shows, and for the operators who want to know at once.
func (r *Request) Audit(act *audit.Act, target, detail string) {
	e := audit.Entry{Source: r.User.Source(), Account: r.User.Account(), Target: target, Detail: detail}
	if o := r.User.Identity().Oper; o != nil {
		e.Oper = o.Name
	}
	r.Server.Record(act, e)
}

// Record is Audit for what no client has done. The caller says who did it, to whom
// or what, and the details.
func (s *Server) Record(act *audit.Act, e audit.Entry) {
	s.Tally.act(act.Name)
	stamp := s.Network.Clock.Stamp()
	e.ID, e.Time, e.Act, e.Server = stamp.ID(), stamp.Time(), act.Name, s.Name()
	s.Log.Info(act.Name, slog.String("audit", act.Name), slog.String("by", e.Source), slog.String("oper", e.Oper),
		slog.String("account", e.Account), slog.String("target", e.Target), slog.String("detail", e.Detail))
	if s.Acts != nil {
		s.Acts.Add(e)
	}
	if s.Recorded != nil {
		s.Recorded(e)
	}
	said := act.Said(e)
	s.Network.Inform(act.Snomask, said.Text, said.Args...)
}

// Attach makes the network tell what the server has to note.
func (s *Server) Attach() {
	h := &s.Network.Hooks
	h.Overrode, h.Answer = s.overrode, s.AnswerFor
	h.Logged, h.Changed = s.logged, s.changed
}

// overrode notes what a client has done by the privilege override. Its caller holds
// locks, under which nothing is written.
func (s *Server) overrode(by network.Actor, what, on string) {
	id := by.Identity()
	e := audit.Entry{Source: id.Source(), Account: id.Account, Oper: id.Oper.Name, Target: on, Detail: what}
	go s.Record(audit.Override, e)
}
