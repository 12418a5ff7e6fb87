// Package passkey knows passkeys (WebAuthn): keys on a device or in a safe, which sign
// what a server asks them to, for that server only. https://www.w3.org/TR/webauthn-3/
//
// An IRC server is no web site. Clients on the web sign for the site they are on, and
// others for the one that the network names: both are origins in the configuration.
package passkey

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// ErrWrong means that an answer does not prove what was asked for.
var ErrWrong = errors.New("the passkey's answer is wrong")

// Options say for whom keys sign.
type Options struct {
	Domain  string // "example.org": keys are for it and the hosts below
	Name    string // of the network
	Origins []string
}

// A Party is whom keys sign for.
type Party struct {
	w *webauthn.WebAuthn
}

// New returns a party.
func New(o Options) (*Party, error) {
	w, err := webauthn.New(&webauthn.Config{
		RPID: o.Domain, RPDisplayName: o.Name, RPOrigins: o.Origins, AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return nil, err
	}
	return &Party{w}, nil
}

// A Key is what is known of a passkey.
type Key struct {
	ID     []byte `json:"id"`
	Public []byte `json:"public"`          // as COSE has it
	Count  uint32 `json:"count,omitempty"` // of signatures, if the device counts them
	Synced bool   `json:"synced,omitempty"`
}

// An Owner is whose keys they are.
type Owner struct {
	ID   []byte // tells nothing about the account
	Name string
	Keys []Key
}

// A Question waits for its answer, which counts once: who has it must drop it then.
type Question struct {
	session webauthn.SessionData
}

// user is an Owner as the library wants it.
type user struct{ Owner }

func (u user) WebAuthnID() []byte          { return u.ID }
func (u user) WebAuthnName() string        { return u.Name }
func (u user) WebAuthnDisplayName() string { return u.Name }

func (u user) WebAuthnCredentials() (all []webauthn.Credential) {
	for _, k := range u.Keys {
		all = append(all, webauthn.Credential{
			ID: k.ID, PublicKey: k.Public, Authenticator: webauthn.Authenticator{SignCount: k.Count},
			Flags: webauthn.CredentialFlags{BackupEligible: k.Synced},
		})
	}
	return all
}

// A Creation is what a client needs to have a key made.
type Creation struct {
	Challenge        string      `json:"challenge"`
	Domain           string      `json:"rpId"`
	Network          string      `json:"rpName"`
	UserID           string      `json:"userId"`
	UserName         string      `json:"userName"`
	UserVerification string      `json:"userVerification"`
	Algorithms       []Algorithm `json:"pubKeyCredParams"`
	Known            []ID        `json:"excludeCredentials,omitempty"`
}

// An Algorithm is one that a key may use, by its number in COSE.
type Algorithm struct {
	Type   string `json:"type"`
	Number int    `json:"alg"`
}

// An ID names a key.
type ID struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func ids(keys []Key) (all []ID) {
	for _, k := range keys {
		all = append(all, ID{string(protocol.PublicKeyCredentialType), encode(k.ID)})
	}
	return all
}

// Create begins to make a key.
func (p *Party) Create(o Owner) (Creation, Question, error) {
	made, session, err := p.w.BeginRegistration(user{o})
	if err != nil {
		return Creation{}, Question{}, err
	}
	c := Creation{
		Challenge: session.Challenge, Domain: p.w.Config.RPID, Network: p.w.Config.RPDisplayName, UserID: encode(o.ID), UserName: o.Name,
		UserVerification: string(protocol.VerificationPreferred), Known: ids(o.Keys),
	}
	for _, x := range made.Response.Parameters {
		c.Algorithms = append(c.Algorithms, Algorithm{string(x.Type), int(x.Algorithm)})
	}
	return c, Question{*session}, nil
}

// A Created is a client's answer: the key that was made.
type Created struct {
	ClientData  protocol.URLEncodedBase64 `json:"clientDataJSON"`
	Attestation protocol.URLEncodedBase64 `json:"attestationObject"`
}

// ReadCreated reads an answer.
func ReadCreated(text []byte) (c Created, err error) {
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	return c, nil
}

// Key returns the key that was made.
func (p *Party) Key(o Owner, q Question, c Created) (Key, error) {
	attestation := protocol.AuthenticatorAttestationResponse{
		AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: c.ClientData}, AttestationObject: c.Attestation,
	}
	seen, err := attestation.Parse()
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	text, err := credential(seen.AttestationObject.AuthData.AttData.CredentialID, c)
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(text)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	made, err := p.w.CreateCredential(user{o}, q.session, parsed)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	return Key{made.ID, made.PublicKey, made.Authenticator.SignCount, made.Flags.BackupEligible}, nil
}

// credential puts a response into what browsers wrap it in.
func credential(id []byte, response any) ([]byte, error) {
	return json.Marshal(map[string]any{"id": encode(id), "rawId": encode(id), "type": protocol.PublicKeyCredentialType, "response": response})
}

// A Request is what a client needs to have something signed.
type Request struct {
	Version          int    `json:"version"`
	Challenge        string `json:"challenge"`
	Domain           string `json:"rpId"`
	Timeout          int    `json:"timeout"` // milliseconds
	UserVerification string `json:"userVerification"`
	Allowed          []ID   `json:"allowCredentials"`
}

// Ask begins to have one of the owner's keys sign, of which there must be one. With
// verify, the device must know its user, by a finger or a PIN: the key is all there is.
func (p *Party) Ask(o Owner, verify bool) (Request, Question, error) {
	level := protocol.VerificationPreferred
	if verify {
		level = protocol.VerificationRequired
	}
	_, session, err := p.w.BeginLogin(user{o}, webauthn.WithUserVerification(level))
	if err != nil {
		return Request{}, Question{}, err
	}
	const minute = 60_000
	return Request{1, session.Challenge, p.w.Config.RPID, minute, string(level), ids(o.Keys)}, Question{*session}, nil
}

// A Signed is a client's answer.
type Signed struct {
	ID         protocol.URLEncodedBase64 `json:"credentialId"`
	Device     protocol.URLEncodedBase64 `json:"authenticatorData"`
	ClientData protocol.URLEncodedBase64 `json:"clientDataJSON"`
	Signature  protocol.URLEncodedBase64 `json:"signature"`
	User       protocol.URLEncodedBase64 `json:"userHandle,omitempty"`
}

// ReadSigned reads an answer.
func ReadSigned(text []byte) (s Signed, err error) {
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	return s, nil
}

// Signer returns which of the owner's keys has signed, as it is to be kept from now on.
func (p *Party) Signer(o Owner, q Question, s Signed) (Key, error) {
	text, err := credential(s.ID, map[string]any{
		"authenticatorData": s.Device, "clientDataJSON": s.ClientData, "signature": s.Signature, "userHandle": s.User,
	})
	if err != nil {
		return Key{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(text)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	signer, err := p.w.ValidateLogin(user{o}, q.session, parsed)
	switch {
	case err != nil:
		return Key{}, fmt.Errorf("%w: %w", ErrWrong, err)
	case signer.Authenticator.CloneWarning:
		return Key{}, fmt.Errorf("%w: the device counts fewer signatures than it has made, as if there were two of it", ErrWrong)
	}
	for _, k := range o.Keys {
		if bytes.Equal(k.ID, signer.ID) {
			k.Count = signer.Authenticator.SignCount
			return k, nil
		}
	}
	return Key{}, ErrWrong
}
