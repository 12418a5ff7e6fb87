package accounts

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-irc/parley/ircd/accounts/password"
	"github.com/parley-irc/parley/ircd/store/bunt"
)

func TestThrottleAccount(t *testing.T) {
	s, c := newService(t)
	register(t, s, "alice", "x")
	addr := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}) }
	check(t, s, "alice", "x", nil) // makes home known
	for i := range 10 {
		if _, err := s.At(addr(i)).Password(ctx, "alice", "wrong"); !errors.Is(err, ErrCredentials) {
			t.Fatalf("attempt %d: %v", i, err)
		}
	}
	_, err := s.At(addr(10)).Password(ctx, "ALICE", "x")
	var throttled *ThrottledError
	if !errors.As(err, &throttled) || !errors.Is(err, ErrThrottled) || throttled.Wait <= 0 || throttled.Wait > 30*time.Second {
		t.Errorf("a stranger after 10 failures: %v", err)
	}
	if _, err := s.At(addr(11)).Challenge(ctx, "alice"); !errors.Is(err, ErrThrottled) {
		t.Errorf("by SCRAM: %v", err)
	}
	check(t, s, "alice", "x", nil) // the owner is not kept out
	c.advance(30 * time.Second)
	if _, err := s.At(addr(12)).Password(ctx, "alice", "x"); err != nil {
		t.Errorf("half a minute later: %v", err)
	}
	for range 10 {
		check(t, s, "nobody", "x", ErrCredentials)
	}
	check(t, s, "nobody", "x", ErrThrottled) // as if it existed
}

func TestThrottleAddress(t *testing.T) {
	s, _ := newService(t)
	register(t, s, "alice", "x")
	for i := range 30 {
		p := s.At(netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i+1))) // one network
		if _, err := p.Password(ctx, fmt.Sprint("nobody", i), "x"); !errors.Is(err, ErrCredentials) {
			t.Fatal(err)
		}
	}
	if _, err := s.At(netip.MustParseAddr("2001:db8::ffff")).Password(ctx, "alice", "x"); !errors.Is(err, ErrThrottled) {
		t.Errorf("the same network: %v", err)
	}
	if _, err := s.At(netip.MustParseAddr("2001:db8:0:1::1")).Password(ctx, "alice", "x"); err != nil {
		t.Errorf("another network: %v", err)
	}
	for range 100 { // successes do not count
		check(t, s, "alice", "x", nil)
	}
}

func TestThrottleMemory(t *testing.T) {
	c := &clock{}
	limit := Limit{1, time.Hour}
	th := newThrottle(c.Now)
	for i := range 3 * mostKeys {
		th.take(fmt.Sprint(i), limit)
	}
	if len(th.full) > mostKeys {
		t.Errorf("%d keys are kept", len(th.full))
	}
	c.advance(2 * time.Hour)
	for i := range mostKeys {
		th.take(fmt.Sprint("new", i), limit)
	}
	if wait := th.take(fmt.Sprint("new", mostKeys-1), limit); wait != time.Hour {
		t.Errorf("the last one waits %v", wait)
	}
}

func TestPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(2, time.Second)
		release := make(chan struct{})
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() { p.do(t.Context(), func() { <-release }) })
		}
		synctest.Wait()
		start := time.Now()
		if err := p.do(t.Context(), func() { t.Error("a third worker") }); !errors.Is(err, ErrBusy) || time.Since(start) != time.Second {
			t.Errorf("a full pool: %v after %v", err, time.Since(start))
		}
		close(release)
		wg.Wait()
		if err := p.do(t.Context(), func() {}); err != nil {
			t.Errorf("a free pool: %v", err)
		}
	})
}

// TestBubble tests that accounts can be used with fake time.
func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st, err := bunt.Open(bunt.Memory)
		if err != nil {
			t.Fatal(err)
		}
		s := openService(t, st, Options{Hash: password.Cheap})
		register(t, s, "alice", "x")
		for range 40 {
			s.At(netip.Addr{}).Password(ctx, "alice", "y")
		}
		if _, err := s.At(netip.Addr{}).Password(ctx, "alice", "x"); !errors.Is(err, ErrThrottled) {
			t.Errorf("after 40 failures: %v", err)
		}
		time.Sleep(time.Hour)
		check(t, s, "alice", "x", nil)
		s.Close()
		st.Close()
		time.Sleep(2 * time.Second)
	})
}

// BenchmarkLogin measures a login with the default cost of a password.
func BenchmarkLogin(b *testing.B) {
	s := openService(b, openStore(b), Options{})
	register(b, s, "alice", "x")
	for b.Loop() {
		check(b, s, "alice", "x", nil)
	}
}
