package commands

import (
	"strconv"
	"strings"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
)

var _ = add(dispatch.Command{
	Name:  "CAP",
	Usage: "<subcommand> [<capabilities>]",
	Help:  "Lists and enables capabilities: LS, LIST, REQ, END.",
	Spec:  "https://ircv3.net/specs/extensions/capability-negotiation",
	Phase: dispatch.AnyPhase,
	Quiet: true,
	Run:   capability,
})

// capWords is how many bytes of capabilities one line has.
const capWords = 400

func capability(r *dispatch.Request) error {
	switch sub := strings.ToUpper(r.Param(0)); sub {
	case "LS":
		capLS(r)
	case "LIST":
		lines := r.Session.Caps().Lines(capWords)
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
		lines := offer.Lines(capWords)
		for i, line := range orEmpty(lines) {
			capLine(r, "LS", line, i < len(lines)-1)
		}
		return
	}
	r.Session.SetCaps(r.Session.Caps().With(caps.CapNotify))
	lines := offer.Lines302(capWords)
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
	r.Session.SetCaps(before & now) // what is dropped is not in the ACK already
	capLine(r, "ACK", request, false)
	r.Session.SetCaps(now)
	if dropped := before &^ now; dropped.HasAny(caps.Of(caps.Batch, caps.Metadata, caps.Metadata3)) {
		r.Session.Subscribe(nil)
	}
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
