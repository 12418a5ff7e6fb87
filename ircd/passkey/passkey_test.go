package passkey

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/parley-irc/parley/ircd/passkey/passkeytest"
)

const origin, domain = "https://chat.example.org", "example.org"

func party(t testing.TB) *Party {
	t.Helper()
	p, err := New(Options{Domain: domain, Name: "Tea", Origins: []string{origin, "https://irc.example.org"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func text(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func create(t testing.TB, p *Party, o Owner, d *passkeytest.Device) (Key, error) {
	t.Helper()
	c, q, err := p.Create(o)
	if err != nil {
		t.Fatal(err)
	}
	made, err := ReadCreated(d.Create(text(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return p.Key(o, q, made)
}

func sign(t testing.TB, p *Party, o Owner, d *passkeytest.Device, verify bool) (Key, error) {
	t.Helper()
	r, q, err := p.Ask(o, verify)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ReadSigned(d.Sign(text(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	return p.Signer(o, q, s)
}

func TestCeremonies(t *testing.T) {
	p, o, d := party(t), Owner{ID: []byte("0123456789"), Name: "alice"}, passkeytest.New(origin, domain)
	k, err := create(t, p, o, d)
	if err != nil {
		t.Fatal(err)
	}
	o.Keys = []Key{k}
	d.Count = 5
	for want := uint32(6); want < 8; want++ {
		if o.Keys[0], err = sign(t, p, o, d, true); err != nil || o.Keys[0].Count != want {
			t.Fatal(o.Keys, err)
		}
	}
	d.Unknown = true
	if o.Keys[0], err = sign(t, p, o, d, false); err != nil {
		t.Error(err)
	}
	if _, err := sign(t, p, o, d, true); !errors.Is(err, ErrWrong) {
		t.Errorf("a device that does not know its user: %v", err)
	}
}

func TestForged(t *testing.T) {
	p, o := party(t), Owner{ID: []byte("0123456789"), Name: "alice"}
	d := passkeytest.New(origin, domain)
	d.Count = 10
	k, err := create(t, p, o, d)
	if err != nil {
		t.Fatal(err)
	}
	o.Keys = []Key{k}
	stranger := passkeytest.New(origin, domain)
	stranger.ID = d.ID
	for name, x := range map[string]func(*passkeytest.Device){
		"of another site":       func(d *passkeytest.Device) { d.Origin = "https://chat.example.com" },
		"of a site that is not": func(d *passkeytest.Device) { d.Origin = "https://example.org.example.com" },
		"for another domain":    func(d *passkeytest.Device) { d.Domain = "example.com" },
		"with nobody there":     func(d *passkeytest.Device) { d.Absent = true },
		"tampered":              func(d *passkeytest.Device) { d.Tampered = true },
		"of another key":        func(d *passkeytest.Device) { *d = *stranger; d.Count = 20 },
		"of no key":             func(d *passkeytest.Device) { d.ID = []byte("none") },
		"of another user":       func(d *passkeytest.Device) { d.UserID = []byte("another") },
		"of a copy":             func(d *passkeytest.Device) { d.Count = 3 },
	} {
		c := *d
		x(&c)
		if _, err := sign(t, p, o, &c, false); !errors.Is(err, ErrWrong) {
			t.Errorf("signed by a device %s: %v", name, err)
		}
	}
	for name, x := range map[string]func(*passkeytest.Device){
		"of another site": func(d *passkeytest.Device) { d.Origin = "https://chat.example.com" }, "for another domain": func(d *passkeytest.Device) { d.Domain = "example.com" },
	} {
		c := *d
		x(&c)
		if _, err := create(t, p, o, &c); !errors.Is(err, ErrWrong) {
			t.Errorf("made by a device %s: %v", name, err)
		}
	}
	// An answer is to one question.
	r, q, err := p.Ask(o, false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := ReadSigned(d.Sign(text(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Signer(o, q, s); err != nil {
		t.Fatal(err)
	}
	_, q, err = p.Ask(o, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Signer(o, q, s); !errors.Is(err, ErrWrong) {
		t.Errorf("an answer to another question: %v", err)
	}
}

func FuzzAnswers(f *testing.F) {
	p, o, d := party(f), Owner{ID: []byte("0123456789"), Name: "alice"}, passkeytest.New(origin, domain)
	k, err := create(f, p, o, d)
	if err != nil {
		f.Fatal(err)
	}
	o.Keys = []Key{k}
	r, q, err := p.Ask(o, false)
	if err != nil {
		f.Fatal(err)
	}
	_, creation, err := p.Create(o)
	if err != nil {
		f.Fatal(err)
	}
	other := r
	other.Challenge = "b3RoZXIgY2hhbGxlbmdlIG9mIDE2"
	f.Add(d.Sign(text(f, other)))
	f.Add(d.Create([]byte(`{"challenge":"x"}`)))
	f.Add([]byte(`{"credentialId":"","signature":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ReadSigned(b); err == nil {
			if _, err := p.Signer(o, q, s); !errors.Is(err, ErrWrong) {
				t.Fatalf("%s: %v", b, err)
			}
		}
		if c, err := ReadCreated(b); err == nil {
			if _, err := p.Key(o, creation, c); !errors.Is(err, ErrWrong) {
				t.Fatalf("%s: %v", b, err)
			}
		}
	})
}
