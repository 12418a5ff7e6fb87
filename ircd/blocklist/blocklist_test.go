package blocklist

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A dnsServer answers some names with addresses, and says that there are no others. It
// never answers what is in the zone "silent".
type dnsServer struct {
	conn  net.PacketConn
	names map[string]netip.Addr
	asked atomic.Int64
}

func newDNS(t *testing.T, names map[string]string) *dnsServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dnsServer{conn: conn, names: map[string]netip.Addr{}}
	for name, addr := range names {
		s.names[name] = netip.MustParseAddr(addr)
	}
	go s.serve()
	t.Cleanup(func() { conn.Close() })
	return s
}

func (s *dnsServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", s.conn.LocalAddr().String())
	}}
}

func (s *dnsServer) serve() {
	buf := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if reply := s.answer(slices.Clone(buf[:n])); reply != nil {
			_, _ = s.conn.WriteTo(reply, from)
		}
	}
}

// answer returns the answer to a question, nil for silence.
// https://www.rfc-editor.org/rfc/rfc1035#section-4
func (s *dnsServer) answer(q []byte) []byte {
	var labels []string
	i := 12
	for q[i] != 0 {
		labels = append(labels, string(q[i+1:i+1+int(q[i])]))
		i += 1 + int(q[i])
	}
	name := strings.Join(labels, ".")
	s.asked.Add(1)
	if strings.HasSuffix(name, ".silent") {
		return nil
	}
	reply := append(slices.Clone(q[:2]), 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	reply = append(reply, q[12:i+5]...)
	addr, ok := s.names[name]
	if !ok {
		reply[3] |= 3 // there is no such name
		return reply
	}
	reply[7] = 1
	reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
	b := addr.As4()
	return append(reply, b[:]...)
}

func TestCheck(t *testing.T) {
	dns := newDNS(t, map[string]string{
		"7.2.0.192.all.example":   "127.0.0.5",
		"7.2.0.192.some.example":  "127.0.0.3",
		"8.2.0.192.some.example":  "127.0.0.9",
		"9.2.0.192.all.example":   "192.0.2.1", // a list that was given up, and is a web site now
		name6 + ".all.example":    "127.0.0.2",
		"10.2.0.192.some.example": "127.0.0.2",
	})
	c := New()
	if c.Active() || c.Check(t.Context(), netip.MustParseAddr("192.0.2.7")) != nil {
		t.Error("without lists somebody is on one")
	}
	lists := []List{{Zone: "all.example"}, {Zone: "some.example", Replies: []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")}}}
	c.Configure(Options{Resolver: dns.resolver(), Lists: lists, Timeout: 5 * time.Second, Keep: time.Minute})
	for addr, want := range map[string][]string{
		"192.0.2.7": {"all.example", "some.example"}, "::ffff:192.0.2.7": {"all.example", "some.example"}, "192.0.2.8": nil, "192.0.2.9": nil,
		"192.0.2.10": {"some.example"}, "2001:db8::567:89ab": {"all.example"}, "2001:db8::1": nil, "127.0.0.1": nil, "10.0.0.1": nil, "::1": nil,
	} {
		var got []string
		for _, h := range c.Check(t.Context(), netip.MustParseAddr(addr)) {
			got = append(got, h.Zone)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is on %q, not %q", addr, got, want)
		}
	}
	before := dns.asked.Load()
	for range 3 {
		if len(c.Check(t.Context(), netip.MustParseAddr("192.0.2.7"))) != 2 || c.Check(t.Context(), netip.MustParseAddr("192.0.2.8")) != nil {
			t.Error("an answer is forgotten")
		}
	}
	if n := dns.asked.Load() - before; n > 0 {
		t.Errorf("%d questions about what is known", n)
	}
}

const name6 = "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"

// TestDeadline: a list that does not answer has nothing to say, and nobody waits for it
// longer than the deadline.
func TestDeadline(t *testing.T) {
	dns := newDNS(t, map[string]string{"7.2.0.192.all.example": "127.0.0.5"})
	c := New()
	c.Configure(Options{Resolver: dns.resolver(), Lists: []List{{Zone: "silent"}, {Zone: "all.example"}}, Timeout: 300 * time.Millisecond, Keep: time.Minute})
	begun := time.Now()
	hits := c.Check(t.Context(), netip.MustParseAddr("192.0.2.7"))
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if len(hits) != 1 || hits[0].Zone != "all.example" {
		t.Errorf("%v", hits)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c.Check(ctx, netip.MustParseAddr("192.0.2.8")) != nil {
		t.Error("an answer for one who is gone")
	}
}
