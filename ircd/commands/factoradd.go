package commands

import (
	"context"
	"encoding/json"

	"github.com/parley-irc/parley/ircd/accounts"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/passkey"
	"github.com/parley-irc/parley/ircd/sasl"
)

func factorChallenge(r *dispatch.Request, a *accounts.Account) error {
	t, err := factorType(r)
	switch {
	case err != nil:
		return err
	case !r.Fresh():
		return stale
	}
	challenge, text, err := beginFactor(r, t, a.Name)
	if err != nil {
		return factorError(err, "INVALID_TYPE")
	}
	data, err := json.Marshal(challenge)
	if err != nil {
		return err
	}
	for _, part := range sasl.Encode(data) { // a passkey's does not fit on every line
		factorNote(r, "REGISTRATION_CHALLENGE", []string{string(t), part}, text)
	}
	return nil
}

// beginFactor begins to add a factor, and returns what the client needs for it.
func beginFactor(r *dispatch.Request, t accounts.FactorType, account string) (challenge any, text lang.Text, err error) {
	switch t {
	case accounts.TOTP:
		key, uri := r.EnrolTOTP()
		return map[string]any{
			"type": t, "secret": key, "issuer": r.Server.Config().Network.Name, "account": account,
			"algorithm": "SHA1", "digits": 6, "period": 30, "uri": uri,
		}, "Show this to your authenticator, then send 2FA ADD totp <name> <code>.", nil
	case accounts.Passkey:
		creation, err := r.EnrolPasskey()
		return struct {
			Type accounts.FactorType `json:"type"`
			passkey.Creation
		}{t, creation}, "Send 2FA ADD webauthn <name> <answer>.", err
	}
	r.Enrol(dispatch.Enrolment{Type: t})
	return map[string]any{"type": t, "algorithm": "sha-256", "fingerprint": r.Peer.CertFP},
		"Compare the fingerprint of your certificate, then send 2FA ADD external <name> <fingerprint>.", nil
}

func factorAdd(r *dispatch.Request, a *accounts.Account) error {
	t, err := factorType(r)
	switch {
	case err != nil:
		return err
	case !r.Fresh():
		return stale
	}
	name, data, id, begun := r.Param(2), r.Param(3), "", false
	switch t {
	case accounts.TOTP:
		id, begun, err = r.AddTOTP(name, data)
	case accounts.Passkey:
		var done bool
		if id, done, begun, err = r.AddPasskey(name, data); begun && !done && err == nil {
			return nil
		}
	default:
		if _, begun = r.Enrolment(t); !begun {
			break
		}
		err = r.Wait(func(ctx context.Context) (err error) {
			id, err = r.Server.Accounts.AddCertFactor(ctx, a.Name, name, data)
			return err
		})
	}
	switch {
	case err != nil:
		return factorError(err, "INVALID_CREDENTIAL_DATA")
	case !begun:
		return factorFail("NO_CHALLENGE", "Ask for a 2FA CHALLENGE first.")
	}
	r.Enrolled()
	r.Say("2FA", []string{"ADD", "SUCCESS", string(t), id}, "The second factor %s has been added.", name)
	return nil
}
