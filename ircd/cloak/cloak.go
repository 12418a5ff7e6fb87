// Package cloak hides addresses behind names that still can be banned.
//
// A cloak is a keyed hash, so that an address cannot be found by trying all of
// them. It has a part for each network the address is in, from the smallest to the
// largest, so that a ban on the last parts covers the neighbours.
package cloak

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"hash"
	"net/netip"
	"strings"
	"sync"
)

// A Cloaker makes the cloaks of one network.
type Cloaker struct {
	suffix string
	hashes sync.Pool // of hash.Hash, which have digested the secret already

	mu     sync.Mutex
	recent map[netip.Addr]string // some cloaks: many come from one address, or come again
}

// mostRecent bounds the cloaks that are remembered.
const mostRecent = 4096

// New returns a Cloaker. Servers of one network need the same secret, of 32 bytes
// or more; suffix is how all cloaks end.
func New(secret []byte, suffix string) *Cloaker {
	return &Cloaker{
		suffix: suffix,
		hashes: sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }},
		recent: map[netip.Addr]string{},
	}
}

// prefixes are the sizes of the networks that a cloak has a part for.
var (
	v4 = [...]int{32, 24, 16}
	v6 = [...]int{64, 48, 32}
)

// Cloak returns the cloak of an address. One that is not valid, that of a unix
// socket, is cloaked by its host.
func (c *Cloaker) Cloak(addr netip.Addr, host string) string {
	if !addr.IsValid() {
		return c.part("host "+host) + "." + c.suffix
	}
	addr = addr.Unmap().WithZone("")
	c.mu.Lock()
	cloak, ok := c.recent[addr]
	c.mu.Unlock()
	if ok {
		return cloak
	}
	cloak = c.cloak(addr)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.recent) >= mostRecent {
		clear(c.recent)
	}
	c.recent[addr] = cloak
	return cloak
}

func (c *Cloaker) cloak(addr netip.Addr) string {
	var parts []string
	sizes := v6
	if addr.Is4() {
		sizes = v4
	}
	for _, bits := range sizes {
		p, err := addr.Prefix(bits)
		if err != nil {
			continue
		}
		parts = append(parts, c.part(p.String()))
	}
	return strings.Join(parts, ".") + "." + c.suffix
}

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// part is 40 bits of the hash of a network.
func (c *Cloaker) part(network string) string {
	h := c.hashes.Get().(hash.Hash)
	defer c.hashes.Put(h)
	h.Reset()
	h.Write([]byte(network))
	var sum [sha256.Size]byte
	return letters.EncodeToString(h.Sum(sum[:0])[:5])
}
