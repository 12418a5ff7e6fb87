package listener

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// A nameserver answers queries on a loopback socket, as DNS does: what TestHost asks a
// substitute, the resolver of the standard library asks here.
type nameserver struct {
	conn *net.UDPConn
	// records are by type and name; a name that is here with another type only has no
	// data, one that is not does not exist, and one with "-" is not answered.
	records map[string][]string
}

const (
	typeA    = 1
	typePTR  = 12
	typeAAAA = 28

	noSuchName = 3
)

func newNameserver(t *testing.T, records map[string][]string) *net.Resolver {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	ns := &nameserver{conn, records}
	done := make(chan struct{})
	go func() { defer close(done); ns.serve() }()
	asking, end := context.WithCancel(context.Background())
	t.Cleanup(func() {
		end() // the resolver waits for seconds, whoever has asked it
		conn.Close()
		<-done
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if asking.Err() != nil {
			return nil, asking.Err()
		}
		c, err := new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
		if err == nil {
			context.AfterFunc(asking, func() { c.SetDeadline(time.Unix(1, 0)) })
		}
		return c, err
	}}
}

func (ns *nameserver) serve() {
	query := make([]byte, 1500)
	for {
		n, from, err := ns.conn.ReadFromUDPAddrPort(query)
		if err != nil {
			return
		}
		if answer := ns.answer(query[:n]); answer != nil {
			_, _ = ns.conn.WriteToUDPAddrPort(answer, from)
		}
	}
}

// answer makes an answer of a query, which has one question.
func (ns *nameserver) answer(query []byte) []byte {
	const header = 12
	end := header
	var labels []string
	for query[end] != 0 {
		n := int(query[end])
		labels = append(labels, string(query[end+1:end+1+n]))
		end += 1 + n
	}
	end += 5
	kind := binary.BigEndian.Uint16(query[end-4:])
	name := strings.ToLower(strings.Join(labels, "."))
	known := false
	for key := range ns.records {
		known = known || strings.HasSuffix(key, " "+name)
	}
	values := ns.records[fmt.Sprint(kind, " ", name)]
	if len(values) == 1 && values[0] == "-" {
		return nil
	}
	b := append([]byte{}, query[:end]...)
	b[2], b[3] = 0x84, 0
	if !known {
		b[3] = noSuchName
	}
	clear(b[4:header])
	b[5], b[7] = 1, byte(len(values))
	for _, v := range values {
		b = append(b, 0xc0, header, 0, byte(kind), 0, 1, 0, 0, 0, 60) // the name of the question
		data := rdata(kind, v)
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
	}
	return b
}

// rdata encodes an address, or a name whose labels are separated by dots.
func rdata(kind uint16, v string) (b []byte) {
	if kind != typePTR {
		return netip.MustParseAddr(v).AsSlice()
	}
	for label := range strings.SplitSeq(v, ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	return append(b, 0)
}

// reverse returns the name by which an IPv4 address is asked for.
func reverse(addr string) string {
	a := netip.MustParseAddr(addr).As4()
	return fmt.Sprintf("%d %d.%d.%d.%d.in-addr.arpa", typePTR, a[3], a[2], a[1], a[0])
}

// TestHostOverDNS tests names that are asked of a server: only what is confirmed by the
// address of the name, and can stand in a message, counts.
func TestHostOverDNS(t *testing.T) {
	long := strings.Repeat("a", 60) + ".example.org"
	records := map[string][]string{
		reverse("192.0.2.1"):   {"alice.example.org"},
		"1 alice.example.org":  {"192.0.2.99", "192.0.2.1"},
		reverse("192.0.2.2"):   {"liar.example.org"},
		"1 liar.example.org":   {"192.0.2.77"},
		reverse("192.0.2.3"):   {"nowhere.example.org"},
		reverse("192.0.2.4"):   {long},
		"1 " + long:            {"192.0.2.4"},
		reverse("192.0.2.5"):   {"ev il!\r\n.example.org", "good.example.org"},
		"1 good.example.org":   {"192.0.2.5"},
		reverse("192.0.2.6"):   {"192.0.2.1"}, // the name looks like an address
		"1 192.0.2.1":          {"192.0.2.6"},
		reverse("192.0.2.7"):   {"-"},
		reverse("192.0.2.8"):   {"silent.example.org"},
		"1 silent.example.org": {"-"},
		fmt.Sprint(typePTR, " ", "1.", strings.Repeat("0.", 23), "8.b.d.0.1.0.0.2.ip6.arpa"): {"six.example.org"},
		fmt.Sprint(typeAAAA, " six.example.org"):                                             {"2001:db8::1"},
	}
	resolver := newNameserver(t, records)
	l := &Lookup{Resolver: resolver, Timeout: patience}
	for addr, want := range map[string]string{
		"192.0.2.1": "alice.example.org", "2001:db8::1": "six.example.org", "192.0.2.5": "good.example.org",
		"192.0.2.2": "", "192.0.2.3": "", "192.0.2.4": "", "192.0.2.6": "", "192.0.2.9": "",
	} {
		if host, ok := l.Host(context.Background(), netip.MustParseAddr(addr)); host != want || ok != (want != "") {
			t.Errorf("%s is %q, %v; want %q", addr, host, ok, want)
		}
	}
	for _, addr := range []string{"192.0.2.7", "192.0.2.8"} {
		l := &Lookup{Resolver: resolver, Timeout: 100 * time.Millisecond}
		start := time.Now()
		if host, ok := l.Host(context.Background(), netip.MustParseAddr(addr)); ok {
			t.Errorf("%s is %q, which nobody has answered", addr, host)
		}
		if d := time.Since(start); d > patience/2 {
			t.Errorf("%s: %v until nothing was known", addr, d)
		}
	}
}

// TestIdentOverTCP asks a server on a socket, which ends the connection in different ways.
func TestIdentOverTCP(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string // with %s for the ports
		want   string
	}{
		"answers":            {"%s : USERID : UNIX : alice\r\n", "alice"},
		"is brief":           {"%s:USERID:UNIX:alice", "alice"},
		"refuses":            {"%s : ERROR : HIDDEN-USER\r\n", ""},
		"says nothing":       {"", ""},
		"says too much":      {strings.Repeat("x", 100_000) + "\r\n%s : USERID : UNIX : alice\r\n", ""},
		"says what it likes": {"%s : USERID : UNIX : a!b@c d\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			done := make(chan struct{})
			go func() {
				defer close(done)
				c, err := ln.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				ports, _ := bufio.NewReader(c).ReadString('\n')
				_, _ = c.Write([]byte(strings.ReplaceAll(tt.answer, "%s", strings.TrimSpace(ports))))
			}()
			l := &Lookup{Dial: func(ctx context.Context, local netip.Addr, _ netip.AddrPort) (net.Conn, error) {
				return dialFrom(ctx, local, netip.MustParseAddrPort(ln.Addr().String()))
			}}
			name, ok := l.Ident(context.Background(), netip.MustParseAddrPort("127.0.0.1:6667"), netip.MustParseAddrPort("127.0.0.1:40000"))
			if name != tt.want || ok != (tt.want != "") {
				t.Errorf("%q, %v; want %q", name, ok, tt.want)
			}
			ln.Close()
			<-done
		})
	}
}
