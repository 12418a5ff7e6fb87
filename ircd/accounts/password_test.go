package accounts

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/parley-irc/parley/ircd/accounts/password"
)

func TestPassword(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "Alice", "caf\u00e9 \u2603")
	register(t, s, "cert", "x")
	for _, tt := range []struct {
		name, pw string
		want     error
	}{
		{"alice", "caf\u00e9 \u2603", nil},
		{"ALICE", "cafe\u0301\u00a0\u2603", nil}, // another device's way to say the same
		{"alice", "cafe \u2603", ErrCredentials},
		{"alice", "", ErrCredentials},
		{"nobody", "x", ErrCredentials},
		{"", "", ErrCredentials},
		{"cert", strings.Repeat("x", 3*MaxPassword), ErrCredentials},
	} {
		check(t, s, tt.name, tt.pw, tt.want)
	}
	if err := s.SetPassword(ctx, "alice", "new"); err != nil {
		t.Fatal(err)
	}
	check(t, s, "alice", "new", nil)
	check(t, s, "alice", "caf\u00e9 \u2603", ErrCredentials)
	if err := s.SetPassword(ctx, "alice", ""); !errors.Is(err, ErrPassword) {
		t.Errorf("an empty password: %v", err)
	}
	if err := s.SetPassword(ctx, "nobody", "x"); !errors.Is(err, ErrNotFound) {
		t.Errorf("password of no account: %v", err)
	}
}

// TestUpgrade tests that an imported hash is replaced when its owner logs in.
func TestUpgrade(t *testing.T) {
	st, c := openStore(t), &clock{}
	s := openService(t, st, options(c))
	register(t, s, "alice", "sesame")
	imported, err := bcrypt.GenerateFromPassword([]byte("sesame"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.update(ctx, "alice", func(rec *record, _ *batch) error {
		rec.Password, rec.Scram = string(imported), nil
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, s, "alice", "sesame", nil)
	rec := s.index.resolve("alice")
	if !password.Current(password.Cheap, rec.Password) || rec.Scram == nil {
		t.Errorf("after the login: %q, %v", rec.Password, rec.Scram)
	}
	check(t, s, "alice", "sesame", nil)
}

func TestSecretsStayInside(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "sesame")
	rec := s.index.resolve("alice")
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "account", &rec.Account, "record", rec)
	for _, text := range []string{fmt.Sprintf("%v %+v %s", &rec.Account, rec, rec), log.String()} {
		if strings.Contains(text, "argon2") || strings.Contains(text, "{") || !strings.Contains(text, "alice") {
			t.Errorf("printed: %s", text)
		}
	}
}

// TestConfigure tests that new options hold for the next password.
func TestConfigure(t *testing.T) {
	s, c := newService(t)
	register(t, s, "alice", "x")
	o := options(c)
	o.Hash.Time = 2
	o.PerAccount = Limit{Burst: 1, Every: time.Hour}
	if err := s.Configure(o); err != nil {
		t.Fatal(err)
	}
	check(t, s, "alice", "x", nil) // and hashes it again
	if hash := s.index.resolve("alice").Password; !password.Current(o.Hash, hash) {
		t.Errorf("the hash is %s", hash)
	}
	check(t, s, "nobody", "x", ErrCredentials)
	check(t, s, "nobody", "x", ErrThrottled)
	if err := s.Configure(Options{Hash: password.Params{Memory: 1, Time: 1, Threads: 1}}); !errors.Is(err, password.ErrHash) {
		t.Errorf("impossible parameters: %v", err)
	}
}
