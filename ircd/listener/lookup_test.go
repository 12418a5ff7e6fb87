package listener

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// zone is a resolver.
type zone struct {
	names   map[string][]string // of addresses
	addrs   map[string]string   // of names
	delay   time.Duration
	queries atomic.Int32
	now     atomic.Int32
	most    atomic.Int32
}

func (z *zone) LookupAddr(ctx context.Context, addr string) ([]string, error) {
	z.queries.Add(1)
	if n := z.now.Add(1); n > z.most.Load() {
		z.most.Store(n)
	}
	defer z.now.Add(-1)
	select {
	case <-time.After(z.delay):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if n, ok := z.names[addr]; ok {
		return n, nil
	}
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

func (z *zone) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	a, err := netip.ParseAddr(z.addrs[host])
	if err != nil || a.Is4() != (network == "ip4") {
		return nil, errors.New("no such host")
	}
	return []netip.Addr{netip.MustParseAddr("192.0.2.99"), a}, nil
}

func TestHost(t *testing.T) {
	long := strings.Repeat("a", 60) + ".example.org"
	z := &zone{
		names: map[string][]string{
			"192.0.2.1":   {"alice.example.org."},
			"2001:db8::1": {"six.example.org."},
			"192.0.2.2":   {"liar.example.org."},
			"192.0.2.3":   {"evil\r\n.example.org.", "third.example.org."},
			"192.0.2.4":   {"192.0.2.1."},
			"192.0.2.5":   {long + "."},
			"192.0.2.6":   {"a.x.", "b.x.", "c.x.", "fourth.example.org."},
		},
		addrs: map[string]string{
			"alice.example.org.": "192.0.2.1", "six.example.org.": "2001:db8::1", "liar.example.org.": "192.0.2.77",
			"third.example.org.": "192.0.2.3", "192.0.2.1.": "192.0.2.4", long + ".": "192.0.2.5", "fourth.example.org.": "192.0.2.6",
			"evil\r\n.example.org.": "192.0.2.3",
		},
	}
	l := &Lookup{Resolver: z}
	for addr, want := range map[string]string{
		"192.0.2.1": "alice.example.org", "::ffff:192.0.2.1": "alice.example.org", "2001:db8::1": "six.example.org",
		"192.0.2.2": "", "192.0.2.3": "third.example.org", "192.0.2.4": "", "192.0.2.5": "", "192.0.2.6": "", "192.0.2.7": "",
	} {
		host, ok := l.Host(context.Background(), netip.MustParseAddr(addr))
		if host != want || ok != (want != "") {
			t.Errorf("%s is %q, %v; want %q", addr, host, ok, want)
		}
	}
	if _, ok := l.Host(context.Background(), netip.Addr{}); ok {
		t.Error("no address has a name")
	}
}

// TestHostCache tests what is remembered, for how long, and that a flood shares
// queries and bounds them.
func TestHostCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{names: map[string][]string{"192.0.2.1": {"alice.example.org."}}, addrs: map[string]string{"alice.example.org.": "192.0.2.1"}, delay: time.Second}
		l := &Lookup{Resolver: z, TTL: time.Minute}
		ask := func(addr netip.Addr, want bool) {
			if host, ok := l.Host(context.Background(), addr); ok != want {
				t.Errorf("%v: %q", addr, host)
			}
		}
		var crowd sync.WaitGroup
		for range 100 {
			crowd.Go(func() { ask(alice, true) })
		}
		crowd.Wait()
		ask(bob, false)
		ask(bob, false)
		if n := z.queries.Load(); n != 2 {
			t.Errorf("%d queries for two addresses", n)
		}
		time.Sleep(time.Minute)
		ask(alice, true)
		if n := z.queries.Load(); n != 3 {
			t.Errorf("%d queries after the time to live", n)
		}

		// Who gives up does not take the answer away from others.
		time.Sleep(time.Minute)
		ctx, cancel := context.WithCancel(context.Background())
		go l.Host(ctx, alice)
		synctest.Wait()
		cancel()
		ask(alice, true)

		z.delay = 10 * time.Second // longer than the timeout
		carol := netip.MustParseAddr("192.0.2.3")
		start := time.Now()
		ask(carol, false)
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("gave up after %v", d)
		}
		synctest.Wait()
		z.delay = time.Second
		before := z.queries.Load()
		ask(carol, false)
		if z.queries.Load() != before+1 {
			t.Error("a timeout was taken for an answer")
		}
		for i := range 2 * answersMax {
			addr := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
			crowd.Go(func() { l.Host(context.Background(), addr) })
		}
		crowd.Wait()
		synctest.Wait()
		if n := z.most.Load(); n > queriesMax {
			t.Errorf("%d queries at once", n)
		}
		if len(l.known) > answersMax {
			t.Errorf("%d answers are kept", len(l.known))
		}
	})
}

func TestValidHost(t *testing.T) {
	for name, want := range map[string]string{
		"a.example.org.": "a.example.org", "A-b_c.example": "A-b_c.example", "localhost": "localhost", "1.2.example": "1.2.example", "xn--abc.example": "xn--abc.example",
		"": "", ".": "", "a..b": "", "-a.example": "", "a-.example": "", "1.2.3.4": "", "a.b.7": "", "::1": "", "a b.example": "", "a!b.example": "",
		"é.example": "", "a@b.example": "", strings.Repeat("a", 64): "", "*.example": "",
	} {
		if host, ok := validHost(name, 63); host != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", name, host, ok)
		}
	}
}

func TestIdent(t *testing.T) {
	local, remote := netip.MustParseAddrPort("192.0.2.1:6667"), netip.MustParseAddrPort("198.51.100.7:40000")
	for answer, want := range map[string]string{
		"40000, 6667 : USERID : UNIX : alice\r\n":                      "alice",
		"40000,6667:USERID:UNIX:alice":                                 "alice",
		" 40000 , 6667 : USERID : OTHER :  a.b-c_9 \n":                 "a.b-c_9",
		"40000, 6667 : USERID : UNIX-UTF-8 : alice\r\nmore\r\n":        "alice",
		"40000, 6667 : ERROR : NO-USER\r\n":                            "",
		"40000, 6667 : ERROR : HIDDEN-USER : x\r\n":                    "",
		"6667, 40000 : USERID : UNIX : alice\r\n":                      "",
		"40001, 6667 : USERID : UNIX : alice\r\n":                      "",
		"40000, 6667 : USERID : UNIX : \r\n":                           "",
		"40000, 6667 : USERID : UNIX : a b\r\n":                        "",
		"40000, 6667 : USERID : UNIX : a!b@c\r\n":                      "",
		"40000, 6667 : USERID : UNIX : ~alice\r\n":                     "",
		"40000, 6667 : USERID : UNIX : a:b\r\n":                        "",
		"40000, 6667 : USERID : UNIX : " + strings.Repeat("a", 33):     "",
		"40000, 6667 : USERID : UNIX : é\r\n":                          "",
		"garbage\r\n":                                                  "",
		"":                                                             "",
		strings.Repeat("x", 5000) + "\r\n40000, 6667 : USERID : x : y": "",
	} {
		var asked string
		var server sync.WaitGroup
		l := &Lookup{Dial: func(_ context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error) {
			if from != local.Addr() || to.String() != "198.51.100.7:113" {
				return nil, fmt.Errorf("dialled from %v to %v", from, to)
			}
			near, far := net.Pipe()
			server.Go(func() {
				asked, _ = bufio.NewReader(far).ReadString('\n')
				io.WriteString(far, answer)
				far.Close()
			})
			return near, nil
		}}
		name, ok := l.Ident(context.Background(), local, remote)
		server.Wait()
		if name != want || ok != (want != "") || asked != "40000, 6667\r\n" {
			t.Errorf("%.40q: %q, %v; asked %q", answer, name, ok, asked)
		}
	}
	if _, ok := (&Lookup{}).Ident(context.Background(), local, netip.AddrPort{}); ok {
		t.Error("a unix socket has an ident")
	}
}

// TestIdentSilence tests the timeout, of connecting and of answering.
func TestIdentSilence(t *testing.T) {
	local, remote := netip.MustParseAddrPort("192.0.2.1:6667"), netip.MustParseAddrPort("198.51.100.7:40000")
	for name, dial := range map[string]func(context.Context, netip.Addr, netip.AddrPort) (net.Conn, error){
		"connecting": func(ctx context.Context, _ netip.Addr, _ netip.AddrPort) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
		"answering": func(context.Context, netip.Addr, netip.AddrPort) (net.Conn, error) {
			near, far := net.Pipe()
			go io.Copy(io.Discard, far)
			return near, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				if _, ok := (&Lookup{Dial: dial}).Ident(context.Background(), local, remote); ok || time.Since(start) != 3*time.Second {
					t.Errorf("%v after %v", ok, time.Since(start))
				}
			})
		})
	}
}

// TestIdentDial tests the real connection, to a port where nobody listens or
// where an answer for other ports is given: it only must not succeed or hang.
func TestIdentDial(t *testing.T) {
	local := netip.MustParseAddrPort("127.0.0.1:6667")
	if name, ok := (&Lookup{Timeout: time.Second}).Ident(context.Background(), local, netip.MustParseAddrPort("127.0.0.1:1")); ok {
		t.Errorf("somebody is %q", name)
	}
}

func FuzzIdent(f *testing.F) {
	f.Add("40000, 6667 : USERID : UNIX : alice\r\n")
	f.Fuzz(func(t *testing.T, line string) {
		name, ok := parseIdent(line, 40000, 6667)
		if ok && (name == "" || strings.ContainsAny(name, " !@:*?\r\n\x00~") || len(name) > identMax) {
			t.Errorf("%q", name)
		}
	})
}
