package listener

import (
	"errors"
	"net/netip"
	"testing"
	"time"
)

// TestReadmit tests that a gateway's client counts by its own address, and that
// the gateway's own place is free again.
func TestReadmit(t *testing.T) {
	m := NewLimiter(Limits{PerAddress: 1})
	l, conns := serve(t, Options{Admit: func(a netip.Addr) (func(), error) { return m.Admit(a, time.Now()) }})
	user := netip.MustParseAddr("192.0.2.7")

	dial(t, l)
	first := accepted(t, conns)
	if err := first.Readmit(user); err != nil {
		t.Fatal(err)
	}
	if first.Remote.Addr() != user || m.Clients() != 1 {
		t.Errorf("the client is %v, one of %d", first.Remote, m.Clients())
	}
	dial(t, l)
	second := accepted(t, conns) // the gateway has its place again
	var refused Refused
	if err := second.Readmit(user); !errors.As(err, &refused) {
		t.Errorf("a second connection of the address: %v", err)
	}
	if !second.Remote.Addr().IsLoopback() || m.Clients() != 2 {
		t.Errorf("the refused client is %v, one of %d", second.Remote, m.Clients())
	}
}
