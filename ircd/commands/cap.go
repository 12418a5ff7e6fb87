package commands

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:   "CAP",
	Always: true,
	Usage:  "<subcommand> [<capabilities>]",
	Help:   "Lists and enables capabilities: LS, LIST, REQ, END.",
	Spec:   "https://ircv3.net/specs/extensions/capability-negotiation",
	Phase:  dispatch.AnyPhase,
	Quiet:  true,
	Run:    capability,
})

func capability(r *dispatch.Request) error {
	switch sub := strings.ToUpper(r.Param(0)); sub {
	case "LS":
		capLS(r)
	case "LIST":
		lines := r.Session.Caps().Lines(dispatch.CapWords)
		for i, line := range orEmpty(lines) {
			capLine(r, "LIST", line, i < len(lines)-1)
		}
	case "REQ":
		capREQ(r)
	case "END":
		if r.Registration != nil && r.Registration.Negotiating {
			r.Registration.Negotiating = false
			return register(r)
		}
	case "":
		return numerics.NeedMoreParams.With("CAP")
	default:
		return numerics.InvalidCapCmd.With(word(r.Param(0)))
	}
	return nil
}

func capLS(r *dispatch.Request) {
	negotiate(r)
	version, _ := strconv.Atoi(r.Param(1))
	r.SetVersion(version)
	offer := r.Server.Offer(r.Peer.Secure)
	if r.Version() < 302 {
		lines := offer.Lines(dispatch.CapWords)
		for i, line := range orEmpty(lines) {
			capLine(r, "LS", line, i < len(lines)-1)
		}
		return
	}
	r.Session.AddCaps(caps.Of(caps.CapNotify))
	lines := offer.Lines302(dispatch.CapWords)
	for i, line := range orEmpty(lines) {
		capLine(r, "LS", line, i < len(lines)-1)
	}
}

func capREQ(r *dispatch.Request) {
	negotiate(r)
	request := r.Param(1)
	now, ok := r.Server.Offer(r.Peer.Secure).Request(r.Session.Caps(), request)
	if ok && r.Version() >= 302 && !now.Has(caps.CapNotify) {
		ok = false // clients of version 302 always have it
	}
	if !ok {
		capLine(r, "NAK", request, false)
		return
	}
	before := r.Session.Caps()
	r.DropCaps(before &^ now) // before the ACK, which is not written with them any more
	capLine(r, "ACK", request, false)
	r.Session.AddCaps(now)
	r.DropCaps(now &^ before &^ r.Server.Offer(r.Peer.Secure).Set()) // a rehash has just withdrawn them
	if now.Has(caps.ExtendedISupport) && !before.Has(caps.ExtendedISupport) && r.Registration != nil {
		sendISupport(r)
	}
}

// negotiate suspends registration until CAP END.
func negotiate(r *dispatch.Request) {
	if r.Registration != nil {
		r.Registration.Negotiating = true
	}
}

// capLine sends one line of an answer; more means that others follow.
func capLine(r *dispatch.Request, sub, words string, more bool) {
	if more {
		r.Send("CAP", r.Name(), sub, "*", words)
		return
	}
	r.Send("CAP", r.Name(), sub, words)
}

func orEmpty(lines []string) []string {
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}
