package commands

import (
	"context"
	"errors"
	"net/netip"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/authtoken"
	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// tokenValidate says what a token means, in one line.
func tokenValidate(r *dispatch.Request) error {
	return validate(r, r.Param(1), r.Param(2), r.Param(3))
}

// openTokenBatch is TOKEN VALIDATE in several lines, for tokens that others have made
// longer than a line. None of this server's is: what is beyond is not even kept.
func openTokenBatch(r *dispatch.Request, ref string) (*dispatch.Batch, error) {
	if err := tokensAvailable(r); err != nil {
		return nil, err
	}
	service, url, text := r.Param(2), r.Param(3), ""
	return &dispatch.Batch{
		Ref: ref, Broken: tokenInvalid, Late: tokenLate,
		Add: func(m *wire.Message) error {
			if m.Command != "TOKEN" || len(m.Params) != 2 || !casemap.ASCII.Equal(m.Params[0], "VALIDATE") {
				return tokenInvalid.Because("The batch has only lines TOKEN VALIDATE with a part of the token each.")
			}
			if text += m.Params[1]; len(text) > authtoken.MaxLength {
				return tokenInvalid
			}
			return nil
		},
		Run: func(r *dispatch.Request) error { return validate(r, service, url, text) },
	}, nil
}

// validate redeems a token and sends what it means.
func validate(r *dispatch.Request, name, url, text string) error {
	s := serviceOf(r, name)
	switch {
	case !r.Has(caps.Batch):
		return tokenCapability.With("batch")
	case s == nil:
		return tokenInvalid
	case !mayValidate(r, s):
		return tokenForeign.With(s.Name)
	}
	var t authtoken.Token
	err := r.Wait(func(ctx context.Context) (err error) {
		t, err = r.Server.Tokens.Redeem(ctx, text, s.Name, url)
		return err
	})
	switch {
	case errors.Is(err, authtoken.ErrInvalid):
		return tokenInvalid
	case err != nil:
		return tokenFailed(r, err)
	}
	claims, ok := claimsOf(r, s, t)
	if !ok {
		return tokenInvalid
	}
	sendClaims(r, s, claims)
	return nil
}

// mayValidate reports whether the client is the service: by its address and, if the
// configuration says so, its certificate.
func mayValidate(r *dispatch.Request, s *config.AuthService) bool {
	if s.CertFP != "" && r.Peer.CertFP != s.CertFP {
		return false
	}
	from := r.Addr()
	if len(s.From) == 0 {
		return from.IsLoopback() || !from.IsValid() // a unix socket
	}
	for _, network := range s.From {
		p, err := netip.ParsePrefix(network)
		if err != nil {
			a, _ := netip.ParseAddr(network)
			p = netip.PrefixFrom(a, a.BitLen())
		}
		if p.Contains(from) {
			return true
		}
	}
	return false
}

// A claim is one thing that a token means. Its words are sent in as many lines as it
// takes.
type claim struct {
	key   string
	words []string
}

// claimsOf returns what a token means now. It means nothing any more if its account is
// gone or suspended or, of somebody without one, if the user is.
func claimsOf(r *dispatch.Request, s *config.AuthService, t authtoken.Token) (claims []claim, ok bool) {
	u := r.Server.Network.World.ByUID(t.UID)
	account, ok := r.Server.OwnerOf(t.Account, t.Owner)
	switch {
	case t.Account != "" && !ok, t.Account == "" && u == nil:
		return nil, false
	case u != nil && t.Account != "" && !r.Server.Network.World.Mapping.Equal(u.Account(), t.Account):
		u = nil // who has logged out since, or in to another account
	}
	if t.Account != "" {
		claims = append(claims, claim{"account", []string{account}})
	}
	if u != nil {
		in, over := standings(r, u, s, t.Scope)
		claims = append(claims, claim{"member_of", in}, claim{"name", []string{u.Nick()}}, claim{"operator_of", over})
	}
	return append(claims, claim{"scope", []string{t.Scope}}), true
}

// standings returns the channels that a service is to know somebody is in, and those of
// which they are an operator.
func standings(r *dispatch.Request, u *state.User, s *config.AuthService, scope string) (in, over []string) {
	for _, m := range u.Memberships() {
		name := m.Channel.Name()
		if !s.Channels && !r.Server.Network.World.Mapping.Equal(name, scope) {
			continue
		}
		in = append(in, name)
		if m.AtLeast(modes.HalfOp) {
			over = append(over, name)
		}
	}
	return in, over
}

func sendClaims(r *dispatch.Request, s *config.AuthService, claims []claim) {
	ref := r.Session.StartBatch("draft/authtoken", s.Name, s.URL)
	defer r.Session.EndBatch(ref)
	for _, c := range claims {
		for _, line := range lines(c.words, maxClaim) {
			r.Session.ReplyInBatch(ref, &wire.Message{Source: r.Server.Name(), Command: "TOKEN", Params: []string{"CLAIM", c.key, line}})
		}
	}
}

// maxClaim is how many bytes of a claim one line has.
const maxClaim = 400
