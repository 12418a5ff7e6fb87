package sasl

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/parley-irc/parley/ircd/accounts"
)

// tickets are tokens for tests: "ticket of NAME".
type tickets struct{}

func (tickets) Check(_ context.Context, kind, token string) (id accounts.Identity, rule accounts.Rule, err error) {
	name, ok := strings.CutPrefix(token, "ticket of ")
	switch {
	case !ok || kind != "" && kind != "ticket":
		return id, rule, accounts.ErrCredentials
	case name == "trouble":
		return id, rule, accounts.ErrAuthority
	}
	return accounts.Identity{Authority: "tests", Subject: name, Name: name}, accounts.Rule{Create: true, Trust: true}, nil
}

func TestIRCv3Bearer(t *testing.T) {
	e := testEnv(t)
	for _, tt := range []struct {
		data string
		want error
	}{
		{"\x00ticket\x00ticket of jilles", nil},
		{"jilles\x00ticket\x00ticket of jilles", nil},
		{"other\x00ticket\x00ticket of jilles", ErrFailed},
		{"\x00ticket\x00ticket of new", nil},
		{"\x00ticket\x00forged", accounts.ErrCredentials},
		{"\x00passport\x00ticket of jilles", accounts.ErrCredentials},
		{"\x00ticket\x00ticket of trouble", accounts.ErrAuthority},
		{"\x00\x00ticket of jilles", ErrFailed},
		{"ticket\x00ticket of jilles", ErrFailed},
		{"\x00ticket\x00ticket of jilles\x00", ErrFailed},
		{"", ErrFailed},
	} {
		x, err := Bearer.Start("IRCV3BEARER", e)
		if err != nil {
			t.Fatal(err)
		}
		_, done, err := x.Step(ctx, []byte(tt.data))
		if p, ok := x.Proof(); !errors.Is(err, tt.want) || ok != (tt.want == nil) || done != ok || ok && p.Method() != accounts.Token {
			t.Errorf("%q: %v, %v, %v", tt.data, p, done, err)
		}
	}
}

func TestOAuthBearer(t *testing.T) {
	e := testEnv(t)
	for _, tt := range []struct {
		data string
		want string // what is answered
		err  error  // and what comes of it
	}{
		{"n,,\x01auth=Bearer ticket of jilles\x01\x01", "", nil},
		{"n,a=jilles,\x01host=irc.example.org\x01port=6697\x01auth=bearer ticket of jilles\x01\x01", "", nil},
		{"y,a=J=3Dilles,\x01auth=Bearer ticket of jilles\x01\x01", `{"status":"invalid_token"}`, ErrFailed},
		{"n,a=other,\x01auth=Bearer ticket of jilles\x01\x01", `{"status":"invalid_token"}`, ErrFailed},
		{"n,,\x01auth=Bearer forged\x01\x01", `{"status":"invalid_token"}`, accounts.ErrCredentials},
		{"n,,\x01auth=Bearer ticket of trouble\x01\x01", `{"status":"invalid_token"}`, accounts.ErrAuthority},
		{"p=tls-exporter,,\x01auth=Bearer ticket of jilles\x01\x01", `{"status":"invalid_request"}`, ErrFailed},
		{"n,,\x01auth=Basic ticket of jilles\x01\x01", `{"status":"invalid_request"}`, ErrFailed},
		{"n,,\x01auth=Bearer \x01\x01", `{"status":"invalid_request"}`, ErrFailed},
		{"n,,\x01host=irc.example.org\x01\x01", `{"status":"invalid_request"}`, ErrFailed},
		{"n,,\x01auth=Bearer ticket of jilles", `{"status":"invalid_request"}`, ErrFailed},
		{"n,jilles,\x01auth=Bearer ticket of jilles\x01\x01", `{"status":"invalid_request"}`, ErrFailed},
		{"", `{"status":"invalid_request"}`, ErrFailed},
	} {
		x, err := Bearer.Start("OAUTHBEARER", e)
		if err != nil {
			t.Fatal(err)
		}
		challenge, done, err := x.Step(ctx, []byte(tt.data))
		if err != nil || string(challenge) != tt.want || done != (tt.err == nil) {
			t.Errorf("%q: %q, %v, %v", tt.data, challenge, done, err)
		}
		if !done {
			_, done, err = x.Step(ctx, []byte{1})
		}
		if _, ok := x.Proof(); ok != (tt.err == nil) || done != ok || !errors.Is(err, tt.err) {
			t.Errorf("%q ends with %v, %v", tt.data, done, err)
		}
	}
}
