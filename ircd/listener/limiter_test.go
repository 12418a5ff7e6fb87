package listener

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	noon  = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)
	alice = netip.MustParseAddr("192.0.2.1")
	bob   = netip.MustParseAddr("192.0.2.2")
)

func admit(t *testing.T, m *Limiter, addr netip.Addr, now time.Time) func() {
	t.Helper()
	release, err := m.Admit(addr, now)
	if err != nil {
		t.Fatalf("%v: %v", addr, err)
	}
	return release
}

func refuse(t *testing.T, m *Limiter, addr netip.Addr, now time.Time, text string) {
	t.Helper()
	release, err := m.Admit(addr, now)
	var r Refused
	if !errors.As(err, &r) || !strings.Contains(err.Error(), text) || release != nil {
		t.Fatalf("%v: %v, want %q", addr, err, text)
	}
}

func TestLimiterPerAddress(t *testing.T) {
	m := NewLimiter(Limits{PerAddress: 2, MaxClients: 4, Exempt: prefixes("192.0.2.9/32")})
	admit(t, m, alice, noon)
	release := admit(t, m, alice, noon)
	refuse(t, m, alice, noon, "There are 2 connections from your address")
	refuse(t, m, netip.MustParseAddr("::ffff:192.0.2.1"), noon, "2 connections")
	admit(t, m, bob, noon)
	release()
	release() // is one connection still
	admit(t, m, alice, noon)
	refuse(t, m, alice, noon, "2 connections")
	if m.Clients() != 3 {
		t.Errorf("%d clients", m.Clients())
	}
	admit(t, m, netip.MustParseAddr("192.0.2.9"), noon)
	refuse(t, m, bob, noon, "This server is full, with 4 connections")
	refuse(t, m, netip.Addr{}, noon, "full")
	m.Configure(Limits{PerAddress: 3, Exempt: loopback})
	admit(t, m, alice, noon)
	for range 5 {
		admit(t, m, netip.MustParseAddr("127.0.0.1"), noon)
		admit(t, m, netip.Addr{}, noon)
	}
}

func TestLimiterPrefix(t *testing.T) {
	m := NewLimiter(Limits{PerAddress: 1})
	admit(t, m, netip.MustParseAddr("2001:db8:0:1::1"), noon)
	refuse(t, m, netip.MustParseAddr("2001:db8:0:1:ffff::2"), noon, "address")
	refuse(t, m, netip.MustParseAddr("2001:db8:0:1::1%eth0"), noon, "address")
	release := admit(t, m, netip.MustParseAddr("2001:db8:0:2::1"), noon)
	m.Configure(Limits{PerAddress: 1, PrefixV4: 24, PrefixV6: 32})
	release() // finds its place although the prefixes have changed
	admit(t, m, netip.MustParseAddr("2001:db8:9::1"), noon)
	refuse(t, m, netip.MustParseAddr("2001:db8:8::1"), noon, "address")
	admit(t, m, alice, noon)
	refuse(t, m, bob, noon, "address")
}

func TestLimiterRate(t *testing.T) {
	m := NewLimiter(Limits{Rate: 3, Window: time.Minute})
	for range 3 {
		admit(t, m, alice, noon)()
	}
	refuse(t, m, alice, noon, "Try again in 20 seconds")
	admit(t, m, bob, noon)
	refuse(t, m, alice, noon.Add(19500*time.Millisecond), "Try again in a second")
	admit(t, m, alice, noon.Add(20*time.Second))
	refuse(t, m, alice, noon.Add(20*time.Second), "Try again in 20 seconds")
	for range 3 {
		admit(t, m, alice, noon.Add(3*time.Minute))
	}
	refuse(t, m, alice, noon.Add(3*time.Minute), "Try again")
	// A clock set back by an hour costs no more than a window.
	back := noon.Add(-time.Hour)
	refuse(t, m, alice, back, "Try again in 20 seconds")
	m.Configure(Limits{})
	admit(t, m, alice, noon)
}

// TestLimiterProperties tests, with any sequence of arrivals and departures,
// that limits hold, that counts return to zero, and that no window of time has
// more than twice the rate (once as a burst, once refilled).
func TestLimiterProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limits{MaxClients: rapid.IntRange(1, 20).Draw(t, "max"), PerAddress: rapid.IntRange(1, 5).Draw(t, "per"),
			Rate: rapid.IntRange(1, 10).Draw(t, "rate"), Window: time.Minute}
		m := NewLimiter(l)
		now := noon
		open := map[netip.Addr][]func(){}
		opened := map[netip.Addr][]time.Time{}
		total := 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			addr := netip.AddrFrom4([4]byte{10, 0, 0, byte(rapid.IntRange(0, 5).Draw(t, "addr"))})
			now = now.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "wait")) * time.Second)
			if rapid.Bool().Draw(t, "leave") {
				if list := open[addr]; len(list) > 0 {
					list[0]()
					open[addr] = list[1:]
					total--
				}
				continue
			}
			if release, err := m.Admit(addr, now); err == nil {
				open[addr] = append(open[addr], release)
				opened[addr] = append(opened[addr], now)
				total++
			}
			if total > l.MaxClients || len(open[addr]) > l.PerAddress || total != m.Clients() {
				t.Fatalf("%d in all, %d of %v, %d counted", total, len(open[addr]), addr, m.Clients())
			}
			recent := 0
			for _, at := range opened[addr] {
				if now.Sub(at) < l.Window {
					recent++
				}
			}
			if recent > 2*l.Rate {
				t.Fatalf("%d opened within a minute, at a rate of %d", recent, l.Rate)
			}
		}
		for _, list := range open {
			for _, release := range list {
				release()
			}
		}
		if m.Clients() != 0 {
			t.Fatalf("%d clients remain", m.Clients())
		}
	})
}

// TestLimiterMemory tests that addresses are forgotten.
func TestLimiterMemory(t *testing.T) {
	m := NewLimiter(Limits{Rate: 1, Window: time.Hour})
	stays := admit(t, m, alice, noon)
	defer stays()
	address := func(i int) netip.Addr {
		return netip.MustParseAddr(fmt.Sprintf("2001:db8:%x:%x::", i>>16, i&0xffff))
	}
	for i := range 3 * recentMax {
		admit(t, m, address(i), noon)()
	}
	if n := len(m.seen); n > 2*recentMax+2 {
		t.Errorf("%d addresses are remembered", n)
	}
	later := noon.Add(2 * time.Hour)
	for i := range 3 * recentMax {
		admit(t, m, address(i+1<<24), later.Add(time.Duration(i)*time.Hour))()
	}
	if n := len(m.seen); n > 4096 {
		t.Errorf("%d addresses are remembered after they do not matter", n)
	}
	if v := m.seen[place{network: netip.PrefixFrom(alice, 32)}]; v == nil || v.open != 1 {
		t.Errorf("a connected address was forgotten: %v", v)
	}
}

func BenchmarkLimiter(b *testing.B) {
	m := NewLimiter(Limits{MaxClients: 1 << 20, PerAddress: 100, Rate: 1 << 20, Window: time.Second})
	b.ReportAllocs()
	for b.Loop() {
		release, err := m.Admit(alice, noon)
		if err != nil {
			noon = noon.Add(time.Second)
			continue
		}
		release()
	}
}

// TestClasses: networks of a class have limits of their own, each and together.
func TestClasses(t *testing.T) {
	school, dorm := netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32")
	m := NewLimiter(Limits{PerAddress: 1, Rate: 2, Window: time.Minute, Classes: []Class{
		{Name: "school", From: []netip.Prefix{school}, PerAddress: 3, Most: 4},
		{Name: "dorm", From: []netip.Prefix{dorm}, PerAddress: 2, PrefixV6: 48, Rate: 100, Window: time.Minute},
	}})
	try := func(addr string) (release func(), ok bool) {
		release, err := m.Admit(netip.MustParseAddr(addr), noon)
		return release, err == nil
	}
	for _, tt := range []struct {
		addr string
		ok   bool
	}{
		{"198.51.100.1", true}, {"198.51.100.1", false},
		{"192.0.2.1", true}, {"192.0.2.1", true}, {"192.0.2.1", true}, {"192.0.2.1", false},
		{"192.0.2.2", true}, {"192.0.2.3", false}, // four of the school are here
		{"2001:db8:1:1::1", true}, {"2001:db8:1:2::1", true}, {"2001:db8:1:3::1", false}, {"2001:db8:2::1", true},
	} {
		if _, ok := try(tt.addr); ok != tt.ok {
			t.Errorf("%s is admitted: %v", tt.addr, ok)
		}
	}
	again := NewLimiter(Limits{Classes: []Class{{Name: "x", From: []netip.Prefix{school}, Most: 1}}})
	release := admit(t, again, netip.MustParseAddr("192.0.2.1"), noon)
	release()
	release()
	admit(t, again, netip.MustParseAddr("192.0.2.1"), noon)
	if _, err := again.Admit(netip.MustParseAddr("192.0.2.9"), noon); err == nil {
		t.Error("a connection that is released twice counts less than none")
	}
}

// TestMass: when very many come at once, those who are known come first.
func TestMass(t *testing.T) {
	m := NewLimiter(Limits{Mass: 10, MassWindow: time.Second, Known: func(a netip.Addr) bool { return a == alice }})
	from := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}) }
	in := 0
	for i := range 500 {
		if _, err := m.Admit(from(i), noon); err == nil {
			in++
		}
	}
	if in != 10 {
		t.Errorf("%d of a mass are admitted", in)
	}
	admit(t, m, alice, noon)
	if _, err := m.Admit(from(501), noon.Add(2*time.Second)); err != nil {
		t.Error("nobody is admitted when it is over:", err)
	}
}
