package listener

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// v2 returns a PROXY header of version 2 over IPv4.
func v2(command byte, family byte, address string, tlvs ...byte) string {
	b := []byte("\r\n\r\n\x00\r\nQUIT\n")
	b = append(b, 0x20|command, family)
	b = binary.BigEndian.AppendUint16(b, uint16(len(address)+len(tlvs)))
	b = append(b, address...)
	return string(append(b, tlvs...))
}

const (
	v4Address = "\x01\x02\x03\x04\x7f\x00\x00\x01\xff\xfd\x1a\x0b" // 1.2.3.4:65533 to 127.0.0.1:6667
	v6Address = "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff\xfd\x1a\x0b"
)

// sslTLV says that the client spoke TLS to the proxy.
var sslTLV = []byte("\x20\x00\x0f\x01\x00\x00\x00\x01\x21\x00\x07TLSv1.3")

func TestProxy(t *testing.T) {
	const first = "PROXY TCP4 1.2.3.4 127.0.0.1 65533 6667\r\n"
	listed := Options{ProxyFrom: loopback}
	required := Options{ProxyFrom: loopback, ProxyRequired: true}
	stranger := Options{ProxyFrom: prefixes("192.0.2.0/24")}
	strangerRequired := Options{ProxyFrom: prefixes("192.0.2.0/24"), ProxyRequired: true}
	local := Options{ProxyRequired: true, Address: "unix:"}
	const own = "own" // the address of the socket
	cases := []struct {
		name   string
		o      Options
		send   string
		remote string // empty: closed
		secure bool
		rest   string
	}{
		{"v1", required, first + "NICK a\r\n", "1.2.3.4:65533", false, "NICK a\r\n"},
		{"v1 over IPv6", required, "PROXY TCP6 2001:db8::1 ::1 65533 6667\r\nNICK a\r\n", "[2001:db8::1]:65533", false, "NICK a\r\n"},
		{"v1 with IPv4 in IPv6", required, "PROXY TCP6 ::ffff:1.2.3.4 ::1 65533 6667\r\nNICK a\r\n", "1.2.3.4:65533", false, "NICK a\r\n"},
		{"v1 unknown", required, "PROXY UNKNOWN\r\nNICK a\r\n", own, false, "NICK a\r\n"},
		{"v1 longest unknown", required, "PROXY UNKNOWN " + strings.Repeat("f", 91) + "\r\nNICK a\r\n", own, false, "NICK a\r\n"},
		{"v2", required, v2(1, 0x11, v4Address) + "NICK a\r\n", "1.2.3.4:65533", false, "NICK a\r\n"},
		{"v2 over IPv6", required, v2(1, 0x21, v6Address) + "NICK a\r\n", "[2001:db8::1]:65533", false, "NICK a\r\n"},
		{"v2 with TLS", required, v2(1, 0x11, v4Address, sslTLV...) + "NICK a\r\n", "1.2.3.4:65533", true, "NICK a\r\n"},
		{"v2 with large TLVs", required, v2(1, 0x11, v4Address, append([]byte("\x04\x0f\x00"), make([]byte, 0xf00)...)...) + "NICK a\r\n", "1.2.3.4:65533", false, "NICK a\r\n"},
		{"v2 local", required, v2(0, 0, "") + "NICK a\r\n", own, false, "NICK a\r\n"},
		{"listed, v1", listed, first + "NICK a\r\n", "1.2.3.4:65533", false, "NICK a\r\n"},
		{"listed, v2", listed, v2(1, 0x11, v4Address) + "NICK a\r\n", "1.2.3.4:65533", false, "NICK a\r\n"},
		{"listed, none", listed, "NICK a\r\n", own, false, "NICK a\r\n"},
		{"listed, similar", listed, "PRIVMSG a\r\n", own, false, "PRIVMSG a\r\n"},
		{"listed, one byte", listed, "N", own, false, "N"},
		{"listed, not first", listed, "NICK a\r\n" + first, own, false, "NICK a\r\n" + first},
		{"a stranger's", stranger, first + "NICK a\r\n", own, false, first + "NICK a\r\n"},
		{"unix", local, first + "NICK a\r\n", "1.2.3.4:65533", false, "NICK a\r\n"},

		{"required of strangers", strangerRequired, first + "NICK a\r\n", "", false, ""},
		{"required, none", required, "NICK a\r\n", "", false, ""},
		{"required, lower case", required, "proxy TCP4 1.2.3.4 127.0.0.1 65533 6667\r\n", "", false, ""},
		{"v1 without CR", required, "PROXY TCP4 1.2.3.4 127.0.0.1 65533 6667\n", "", false, ""},
		{"v1 too long", required, "PROXY UNKNOWN " + strings.Repeat("f", 200) + "\r\n", "", false, ""},
		{"v1 garbage", listed, "PROXY me through\r\n", "", false, ""},
		{"v1 port", required, "PROXY TCP4 1.2.3.4 127.0.0.1 65536 6667\r\n", "", false, ""},
		{"v1 unspecified", required, "PROXY TCP4 0.0.0.0 127.0.0.1 65533 6667\r\n", "", false, ""},
		{"v1 multicast", required, "PROXY TCP4 224.0.0.1 127.0.0.1 65533 6667\r\n", "", false, ""},
		{"v2 datagram", required, v2(1, 0x12, v4Address), "", false, ""},
		{"v2 too short", required, v2(1, 0x11, v4Address[:8]), "", false, ""},
		{"v2 huge", required, "\r\n\r\n\x00\r\nQUIT\n\x21\x11\xff\xff", "", false, ""},
		{"v2 version", required, "\r\n\r\n\x00\r\nQUIT\n\x31\x11\x00\x00", "", false, ""},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			if tt.o.Address != "" {
				tt.o.Address += filepath.Join(t.TempDir(), "s")
			}
			var admitted netip.Addr
			tt.o.Admit = func(a netip.Addr) (func(), error) { admitted = a; return func() {}, nil }
			l, conns := serve(t, tt.o)
			client := dial(t, l)
			write(t, client, tt.send)
			if tt.remote == "" {
				if s := readAll(t, client); s != "" || len(conns) > 0 {
					t.Errorf("answered %q, handed over: %d", s, len(conns))
				}
				if admitted.IsValid() {
					t.Errorf("%v was admitted", admitted)
				}
				return
			}
			c := accepted(t, conns)
			proxied := tt.remote != own
			if !proxied {
				tt.remote = client.LocalAddr().String()
			}
			if c.Remote.String() != tt.remote || c.Proxied != proxied || c.Secure != tt.secure || c.Peer.String() != client.LocalAddr().String() {
				t.Errorf("Remote %v, Proxied %v, Secure %v, Peer %v", c.Remote, c.Proxied, c.Secure, c.Peer)
			}
			if admitted != c.Remote.Addr() {
				t.Errorf("%v was admitted", admitted)
			}
			b := make([]byte, len(tt.rest))
			if _, err := io.ReadFull(c, b); err != nil || string(b) != tt.rest {
				t.Errorf("then %q, %v", b, err)
			}
			write(t, client, "end\r\n")
			buf, n, err := c.ReadPooled(pool, false)
			if err != nil || string((*buf)[:n]) != "end\r\n" {
				t.Errorf("then %d bytes, %v", n, err)
			}
		})
	}
}

// TestProxyRest tests that ReadPooled, too, starts with what followed the header.
func TestProxyRest(t *testing.T) {
	l, conns := serve(t, Options{ProxyFrom: loopback})
	write(t, dial(t, l), "NICK a\r\n")
	buf, n, err := accepted(t, conns).ReadPooled(pool, false)
	if err != nil || string((*buf)[:n]) != "NICK a\r\n" {
		t.Errorf("%d, %v", n, err)
	}
}

// TestProxySilence tests that who connects from a proxy's address without being
// proxied, and says nothing, is served when the time for a header is over.
func TestProxySilence(t *testing.T) {
	l, conns := serve(t, Options{ProxyFrom: loopback, HandshakeTimeout: 5 * time.Millisecond})
	client := dial(t, l)
	c := accepted(t, conns)
	write(t, c, "NOTICE * :hello\r\n")
	readLine(t, bufio.NewReader(client))
	write(t, client, "PROXY TCP4 1.2.3.4 127.0.0.1 65533 6667\r\n")
	if s := readLine(t, bufio.NewReader(c)); !strings.HasPrefix(s, "PROXY") {
		t.Errorf("read %q", s)
	}
	if c.Proxied {
		t.Error("believed too late")
	}
}

// TestProxyThenTLS tests a proxy that passes TLS through.
func TestProxyThenTLS(t *testing.T) {
	l, conns := serve(t, Options{TLS: serverTLS(t), ProxyFrom: loopback, ProxyRequired: true})
	client := dial(t, l)
	write(t, client, v2(1, 0x11, v4Address))
	if err := clientTLS(client, nil).Handshake(); err != nil {
		t.Fatal(err)
	}
	if c := accepted(t, conns); !c.Secure || !c.Proxied || c.Remote.String() != "1.2.3.4:65533" {
		t.Errorf("%+v", c)
	}
	direct, directConns := serve(t, Options{TLS: serverTLS(t), ProxyFrom: loopback})
	if err := clientTLS(dial(t, direct), nil).Handshake(); err != nil {
		t.Fatal(err)
	}
	if c := accepted(t, directConns); !c.Secure || c.Proxied {
		t.Errorf("%+v", c)
	}
}

// FuzzProxyHeader tests that bytes are neither lost nor invented, and that it
// does not matter in which pieces they arrive.
func FuzzProxyHeader(f *testing.F) {
	for _, s := range []string{"", "P", "PROXY ", "NICK a\r\n", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\nNICK a\r\n", "PROXY UNKNOWN\r\n",
		v2(1, 0x11, v4Address) + "NICK", v2(1, 0x21, v6Address), v2(0, 0, "xx"), v2(1, 0x11, v4Address, sslTLV...)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		at := bytes.NewReader(b)
		whole, rest, err := readHeader(at)
		slow := bytes.NewReader(b)
		piecewise, restPiecewise, errPiecewise := readHeader(iotest.OneByteReader(slow))
		if (err == nil) != (errPiecewise == nil) || (whole == nil) != (piecewise == nil) {
			t.Fatalf("at once %v, %v; in pieces %v, %v", whole, err, piecewise, errPiecewise)
		}
		if err != nil {
			return
		}
		left, leftPiecewise := remains(rest, at), remains(restPiecewise, slow)
		if !bytes.Equal(left, leftPiecewise) || !bytes.HasSuffix(b, left) {
			t.Fatalf("what remains is %q, in pieces %q", left, leftPiecewise)
		}
		if whole == nil {
			if len(left) != len(b) {
				t.Fatalf("%q remains without a header", left)
			}
			return
		}
		if !whole.EqualsTo(piecewise) {
			t.Fatalf("%v differs from %v", whole, piecewise)
		}
		saysTLS(whole)
	})
}

// remains returns what a reader of the connection would read next.
func remains(rest []byte, r io.Reader) []byte {
	more, _ := io.ReadAll(r)
	return append(bytes.Clone(rest), more...)
}

func TestHeaderSizeErrors(t *testing.T) {
	if _, _, err := readHeader(strings.NewReader("")); !errors.Is(err, io.EOF) {
		t.Errorf("nothing: %v", err)
	}
	for n := range 107 {
		line := fmt.Sprintf("PROXY %s", strings.Repeat("x", n))
		if size, err := headerSize([]byte(line)); len(line) < 107 && (size != len(line)+1 || err != nil) || len(line) >= 107 && err == nil {
			t.Errorf("%d bytes: %d, %v", len(line), size, err)
		}
	}
}
