package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wneessen/go-mail"
)

// A script is a transport that fails as it says, and then delivers.
type script struct {
	mu    sync.Mutex
	fails []error
	times []time.Time
	to    []string
	delay time.Duration
	most  int // at once
	now   int
}

func (s *script) Deliver(_ context.Context, m *mail.Msg) error {
	s.mu.Lock()
	s.now++
	s.most = max(s.most, s.now)
	s.times = append(s.times, time.Now())
	var err error
	if len(s.fails) > 0 {
		err, s.fails = s.fails[0], s.fails[1:]
	}
	s.mu.Unlock()
	time.Sleep(s.delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now--
	if err == nil {
		to, _ := m.GetRecipients()
		s.to = append(s.to, to...)
	}
	return err
}

// pass lets time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func letter(i int) Letter {
	a := About{fmt.Sprintf("user%d@example.org", i), "Tea", "alice"}
	return Reset(a, "c0de", time.Now().Add(time.Hour))
}

func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := errors.New("later")
		s := &script{fails: []error{later, later, nil}}
		m := New(Options{Transport: s, From: "noreply@tea.example", Network: "Tea"})
		defer m.Close()
		begin := time.Now()
		if err := m.Send(letter(1)); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if len(s.to) != 1 || len(s.times) != 3 || s.times[1].Sub(begin) != 20*time.Second || s.times[2].Sub(begin) != 80*time.Second {
			t.Errorf("delivered to %v at %v", s.to, s.times)
		}
		s.fails = []error{fmt.Errorf("no such user: %w", ErrFinal)}
		m.Send(letter(2))
		pass(2 * time.Hour)
		if len(s.times) != 4 {
			t.Errorf("%d attempts after a refusal for good", len(s.times)-3)
		}
		for range 100 {
			s.fails = append(s.fails, later)
		}
		s.times = nil
		m.Send(letter(3))
		pass(48 * time.Hour)
		if len(s.times) != 6 || m.pending != 0 {
			t.Errorf("%d attempts for a letter of an hour, %d still wait", len(s.times), m.pending)
		}
	})
}

func TestBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{delay: time.Second}
		m := New(Options{Transport: s, From: "noreply@tea.example", Network: "Tea", Queue: 10, PerHour: 25, Refuse: []string{"*@trash.example"}})
		defer m.Close()
		send := func(n int) (refused int) {
			for i := range n {
				if err := m.Send(letter(i)); errors.Is(err, ErrFull) {
					refused++
				}
			}
			return refused
		}
		if n := send(13); n != 3 {
			t.Errorf("%d refused by the queue", n)
		}
		pass(time.Minute)
		if len(s.to) != 10 || s.most != 2 {
			t.Errorf("%d delivered, %d at once", len(s.to), s.most)
		}
		send(10)
		pass(time.Minute)
		if n := send(10); n != 5 {
			t.Errorf("%d refused by the hour", n)
		}
		pass(time.Hour)
		if n := send(1); n != 0 {
			t.Error("the next hour has no room")
		}
		for _, to := range []string{"x@Trash.example", "nobody", "a@b@c", ""} {
			l := letter(1)
			if l.To = to; !errors.Is(m.Send(l), ErrRefused) {
				t.Errorf("a letter to %q", to)
			}
		}
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{fails: []error{errors.New("later")}}
		m := New(Options{Transport: s, From: "noreply@tea.example", Network: "Tea"})
		m.Send(letter(1))
		pass(time.Second)
		if n := m.Close(); n != 1 {
			t.Errorf("%d dropped", n)
		}
		if err := m.Send(letter(2)); !errors.Is(err, ErrFull) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestValid(t *testing.T) {
	for s, want := range map[string]bool{
		"alice@example.org": true, "a.b+c@sub.example.org": true, "x@xn--bcher-kva.example": true, "o'neil@example.org": true,
		"": false, "alice": false, "@example.org": false, "alice@": false, "alice@localhost": false, "alice@[192.0.2.1]": false,
		"alice@192.0.2.1": false, "Alice <alice@example.org>": false, "alice@example.org\r\nBcc: x@example.org": false,
		`"a b"@example.org`: false, "alice@example..org": false, "alice@-x.org": false, "ålice@example.org": false,
		strings.Repeat("a", 65) + "@example.org": false, "a@" + strings.Repeat("b.", 130) + "org": false, "alice@example.org ": false,
	} {
		if got := Valid(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

// TestNoInjection tests that what users choose makes no header and no receiver.
func TestNoInjection(t *testing.T) {
	l := Welcome(About{"alice@example.org", "Tea\r\nBcc: evil@example.org", "a\r\n.\r\nb"}, "c", time.Now())
	m, err := l.message(&Options{From: "noreply@tea.example", Network: "Tea\r\nBcc: evil@example.org"})
	if err != nil {
		return // as good
	}
	var b strings.Builder
	m.WriteTo(&b)
	head, _, _ := strings.Cut(b.String(), "\r\n\r\n")
	if strings.Contains(head, "\nBcc") {
		t.Errorf("a header of the user's:\n%s", head)
	}
}

func FuzzValid(f *testing.F) {
	f.Add("alice@example.org")
	f.Add("a@b\r\nc")
	f.Fuzz(func(t *testing.T, s string) {
		if Valid(s) && (strings.ContainsAny(s, "\r\n \x00<>,") || strings.Count(s, "@") != 1) {
			t.Errorf("%q is valid", s)
		}
	})
}
