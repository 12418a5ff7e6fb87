package server

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/listener"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

func TestTestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			text string
			want time.Duration // after a second
		}{
			{"+1y x30", 365*24*time.Hour + 30*time.Second},
			{"x2.5", 2500 * time.Millisecond},
			{"-2d", -2*24*time.Hour + time.Second},
			{"+90m", 90*time.Minute + time.Second},
		} {
			now, err := TestClock(tt.text, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			time.Sleep(time.Second)
			if got := now().Sub(begin); got != tt.want {
				t.Errorf("%q is %v, want %v", tt.text, got, tt.want)
			}
		}
	})
	for _, text := range []string{"later", "x0", "x-1", "+1y x", "5"} {
		if _, err := TestClock(text, time.Now()); err == nil || !strings.Contains(err.Error(), "+1y x30") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "data")
	f, err := openFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := openFolder(path); err == nil || !strings.Contains(err.Error(), "(process ") {
		t.Errorf("a second lock: %v", err)
	}
	f.close()
	f, err = openFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	f.close()
	if _, err := openFolder(filepath.Join(path, lockName, "x")); err == nil {
		t.Error("a folder in a file")
	}
}

// TestKeep checks that what a server makes for itself stays the same.
func TestKeep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "parley.db")
	var ids, secrets []string
	for range 2 {
		st, err := bunt.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		id, err := serverID(t.Context(), st, "irc.example.org")
		if err != nil {
			t.Fatal(err)
		}
		secret, err := cloakSecret(t.Context(), st, "")
		if err != nil || len(secret) != 32 {
			t.Fatal(secret, err)
		}
		configured, err := cloakSecret(t.Context(), st, "of the configuration")
		if err != nil || string(configured) != "of the configuration" {
			t.Error(configured, err)
		}
		ids, secrets = append(ids, id), append(secrets, string(secret))
		st.Close()
	}
	if ids[0] != ids[1] || secrets[0] != secrets[1] || len(ids[0]) != 36 || ids[0][14] != '4' {
		t.Errorf("they were %q, then %q", ids[0], ids[1])
	}
}

func english(lines []lang.Phrase) (all []string) {
	for _, line := range lines {
		all = append(all, line.String())
	}
	return all
}

func TestTexts(t *testing.T) {
	c := config.Default()
	texts, err := readTexts(c)
	if err != nil || len(texts.MOTD) == 0 || texts.Rules != nil {
		t.Fatal(texts, err)
	}
	contains(t, strings.Join(english(texts.MOTD), "\n"), "Welcome to Parley", "/join", "server.motd")
	dir := t.TempDir()
	c.Server.MOTD, c.Server.Rules = filepath.Join(dir, "motd"), filepath.Join(dir, "rules")
	long := strings.Repeat("é", 300)
	os.WriteFile(c.Server.MOTD, []byte("Tea\r\n\r\n"+long+"\n\n"), 0o600)
	os.WriteFile(c.Server.Rules, nil, 0o600)
	texts, err = readTexts(c)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Tea", "", long[:380], long[380:]}; !slices.Equal(english(texts.MOTD), want) || len(texts.Rules) != 0 {
		t.Errorf("%q, %q", texts.MOTD, texts.Rules)
	}
}

func TestLimits(t *testing.T) {
	c := config.Default()
	c.WebIRC = []config.WebIRC{{Hosts: []string{"192.0.2.1", "2001:db8::/32"}}}
	c.Connections.Exempt = []string{"10.1.2.3/8"}
	l := limits(c)
	exempt := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("2001:db8::/32")}
	if l.PerAddress != 16 || l.Rate != 32 || l.Window != 10*time.Minute || !slices.Equal(l.Exempt, exempt) {
		t.Errorf("%+v", l)
	}
	if room := listener.Descriptors() - reserve; l.MaxClients != room {
		t.Errorf("%d clients, of %d descriptors", l.MaxClients, room)
	}
	c.Connections.Enabled, c.Connections.MaxClients = false, 7
	if l := limits(c); l.PerAddress != 0 || l.Rate != 0 || l.MaxClients != 7 {
		t.Errorf("turned off: %+v", l)
	}
}

// TestHasher checks that only so many passwords are checked at a time, and that
// nobody waits for ever.
func TestHasher(t *testing.T) {
	hash := "$argon2id$v=19$m=64,t=1,p=1$aXJjdGVzdCBzYWx0IG9wZQ$xKyCJaod8S+IURJfq+d1XFaKJohpnz/A/V5J1XEza4k"
	h := newHasher(1)
	if !h.verify(t.Context(), hash, "operpassword") || h.verify(t.Context(), hash, "other") {
		t.Error("it cannot tell passwords apart")
	}
	h.slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if h.verify(ctx, hash, "operpassword") {
		t.Error("it checked two at a time")
	}
}

// TestGroup checks that the last connection ends the wait, and no new one begins.
func TestGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g group
		for range 2 {
			if !g.enter() {
				t.Fatal("nobody gets in")
			}
		}
		g.close()
		if g.enter() {
			t.Error("somebody gets in after close")
		}
		begin := time.Now()
		if left := g.wait(time.Minute); left != 2 || time.Since(begin) != time.Minute {
			t.Errorf("%d left after %v", left, time.Since(begin))
		}
		g.leave()
		go func() { time.Sleep(time.Second); g.leave() }()
		begin = time.Now()
		if left := g.wait(time.Minute); left != 0 || time.Since(begin) != time.Second {
			t.Errorf("%d left after %v", left, time.Since(begin))
		}
	})
}

// TestLogFile checks that a log which was moved away is begun anew at a rehash.
func TestLogFile(t *testing.T) {
	r := start(t, plainAt+"[logging]\nfile = \"log\"\nformat = \"json\"\n")
	path := filepath.Join(r.dir, "log")
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	r.configure(plainAt + "[logging]\nfile = \"log\"\nformat = \"json\"\nlevel = \"warn\"\n")
	r.rehash()
	r.Server.Log.Info("not written")
	r.Server.Log.Warn("written")
	old, _ := os.ReadFile(path + ".1")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(old), `"msg":"listening"`)
	contains(t, string(b), `"msg":"written"`)
	if strings.Contains(string(b), "not written") {
		t.Errorf("the level has not changed:\n%s", b)
	}
}

// TestStartFails checks that a server that does not start leaves nothing behind.
func TestStartFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "parley.toml")
	os.WriteFile(path, []byte("[[listener]]\naddress = \"203.0.113.77:6667\"\n"), 0o600)
	for range 2 { // the second finds neither a lock nor a socket in its way
		_, err := Start(Options{Config: path, Version: "test", Stderr: t.Output()})
		if err == nil || !strings.Contains(err.Error(), "This machine does not have the address") {
			t.Fatal(err)
		}
	}
	os.WriteFile(path, []byte("[channels]\ndefault-modes = \"+Y\"\n"), 0o600)
	_, err := Start(Options{Config: path, Version: "test", Stderr: t.Output()})
	var problems config.Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
}
