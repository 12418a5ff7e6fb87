package script

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-irc/parley/ircd/accounts"
)

var ctx = context.Background()

// TestMain lets the test program be the program that is asked.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "answer" {
		play(os.Args[2])
		return
	}
	os.Exit(m.Run())
}

// play answers in one of several ways. The process is named in the answers.
func play(how string) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		switch {
		case q.Name == "slow":
			time.Sleep(time.Minute)
		case q.Name == "dies":
			os.Exit(1)
		case q.Name == "babbles":
			fmt.Println("one\ntwo")
			continue
		case q.Name == "mumbles":
			fmt.Println("what?")
			continue
		case q.Name == "long":
			fmt.Println(strings.Repeat("x", maxAnswer+1))
			continue
		}
		a := answer{Success: q.Password == "right", Name: "Real" + q.Name, ID: strconv.Itoa(os.Getpid()), Email: q.Name + "@" + q.Address}
		if q.Name == "sorry" {
			a = answer{Success: true, Error: "no database"}
		}
		if os.Getenv("PARLEY__SERVER__PASSWORD") != "" {
			a.Error = "it knows the configuration"
		}
		_ = json.NewEncoder(os.Stdout).Encode(a)
		if how == "once" {
			return
		}
	}
}

func open(t testing.TB, o Options) *Program {
	t.Helper()
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	o.Log = slog.New(slog.DiscardHandler)
	o.Rule = accounts.Rule{Create: true}
	p := New(o)
	t.Cleanup(p.Close)
	return p
}

func program(t testing.TB, how string, workers int, timeout time.Duration) *Program {
	t.Helper()
	return open(t, Options{Command: []string{os.Args[0], "answer", how}, Workers: workers, Timeout: timeout})
}

var addr = netip.MustParseAddr("::ffff:192.0.2.1")

func TestAnswers(t *testing.T) {
	t.Setenv("PARLEY__SERVER__PASSWORD", "secret")
	p := program(t, "always", 1, 0)
	id, rule, err := p.Check(ctx, "alice", "right", addr)
	if err != nil || id.Name != "Realalice" || id.Email != "alice@192.0.2.1" || !id.Confirmed || id.Authority != Name || !rule.Create {
		t.Fatalf("%+v, %+v, %v", id, rule, err)
	}
	again, _, err := p.Check(ctx, "alice", "right", addr)
	if err != nil || again.Subject != id.Subject {
		t.Errorf("another process has answered: %+v, %v", again, err)
	}
	for name, want := range map[string]error{
		"bob": accounts.ErrCredentials, "dies": accounts.ErrAuthority, "babbles": accounts.ErrAuthority, "mumbles": accounts.ErrAuthority,
		"long": accounts.ErrAuthority, "sorry": accounts.ErrAuthority,
	} {
		if _, _, err := p.Check(ctx, name, "wrong", addr); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if _, _, err := p.Check(ctx, "alice", "right", addr); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

// TestOnce tests a program that ends after each answer.
func TestOnce(t *testing.T) {
	p := program(t, "once", 2, 0)
	seen := map[string]bool{}
	for range 5 {
		id, _, err := p.Check(ctx, "alice", "right", addr)
		if err != nil || seen[id.Subject] {
			t.Fatal(id, err)
		}
		seen[id.Subject] = true
	}
}

func TestSlow(t *testing.T) {
	p := program(t, "always", 1, 700*time.Millisecond)
	if _, _, err := p.Check(ctx, "slow", "right", addr); !errors.Is(err, accounts.ErrAuthority) {
		t.Errorf("%v", err)
	}
	var err error
	for range 3 { // the worker may still be with the one before
		if _, _, err = p.Check(ctx, "alice", "right", addr); err == nil {
			return
		}
	}
	t.Error(err)
}

// TestImpatient tests that a client which goes away does not end the program.
func TestImpatient(t *testing.T) {
	p := program(t, "always", 1, 0)
	id, _, err := p.Check(ctx, "alice", "right", addr)
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for range 20 {
		if _, _, err := p.Check(gone, "alice", "right", addr); err != nil && !errors.Is(err, accounts.ErrAuthority) {
			t.Fatal(err)
		}
	}
	again, _, err := p.Check(ctx, "alice", "right", addr)
	if err != nil || again.Subject != id.Subject {
		t.Errorf("%v, %v, then %v", err, id, again)
	}
}

func TestMany(t *testing.T) {
	p := program(t, "always", 3, 0)
	var mu sync.Mutex
	processes := map[string]bool{}
	var wait sync.WaitGroup
	for i := range 60 {
		wait.Go(func() {
			name := fmt.Sprint("user", i)
			id, _, err := p.Check(ctx, name, "right", addr)
			if err != nil || id.Name != "Real"+name {
				t.Errorf("%s is %+v, %v", name, id, err)
			}
			mu.Lock()
			defer mu.Unlock()
			processes[id.Subject] = true
		})
	}
	wait.Wait()
	if len(processes) > 3 {
		t.Errorf("%d processes", len(processes))
	}
}

func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	serve := func(times int) {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		lines := bufio.NewScanner(conn)
		for range times {
			lines.Scan()
			fmt.Fprintln(conn, `{"success": `, strings.Contains(lines.Text(), `"right"`), `}`)
		}
	}
	go func() { serve(2); serve(1) }()
	p := open(t, Options{Socket: path, Workers: 1})
	for range 3 {
		id, _, err := p.Check(ctx, "Alice", "right", netip.Addr{})
		if want := (accounts.Identity{Authority: Name, Subject: "alice", Name: "Alice"}); err != nil || id != want {
			t.Fatalf("%+v, %v", id, err)
		}
	}
	l.Close()
	if _, _, err := p.Check(ctx, "Alice", "right", netip.Addr{}); !errors.Is(err, accounts.ErrAuthority) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestNoProgram(t *testing.T) {
	p := open(t, Options{Command: []string{filepath.Join(t.TempDir(), "none")}, Workers: 1})
	if _, _, err := p.Check(ctx, "alice", "right", addr); !errors.Is(err, accounts.ErrAuthority) {
		t.Error(err)
	}
}

// TestChildren tests that what a program has started ends with it.
func TestChildren(t *testing.T) {
	p := open(t, Options{Command: []string{"sh", "-c", "sleep 60 & echo '{\"success\":true,\"id\":\"'$!'\"}'; wait"}, Workers: 1, Timeout: time.Second})
	id, _, err := p.Check(ctx, "alice", "right", addr)
	if err != nil {
		t.Fatal(err)
	}
	_, _, _ = p.Check(ctx, "bob", "wrong", addr) // it does not answer twice
	for range 200 {
		if _, err := os.Stat("/proc/" + id.Subject); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	state, _ := os.ReadFile("/proc/" + id.Subject + "/stat")
	if !strings.Contains(string(state), ") Z ") {
		t.Errorf("the process %s is still there: %s", id.Subject, state)
	}
}
