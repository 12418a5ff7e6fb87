package bans

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/extban"
)

// An index finds the bans that may be about somebody. Each is in one bucket, where its
// rarest condition leads.
type index struct {
	mapping casemap.Mapping
	count   atomic.Int64 // of bans that are about people
	version atomic.Uint64

	mu       sync.RWMutex // nothing waits under it
	all      map[string]*entry
	nets     map[netip.Prefix][]*entry
	lengths  [2][129]int // of prefixes, IPv4 and IPv6: how many bans have each
	used     [2][]int    // the lengths that some ban has, the longest first
	buckets  map[bucket][]*entry
	parts    [letters]counts // of the texts of buckets that are parts of a host or nick
	rest     []*entry
	names    map[casemap.Folded][]*entry // reserved, by what they look like
	masks    []*entry                    // of reserved names
	soft     int                         // exemptions that are not for an address alone
	channels int                         // bans that depend on channels
}

// What the text of a bucket is.
const (
	byHost = iota
	byHostStart
	byHostEnd
	byNickStart
	byAccount
	byCert
	letters
)

// sizes are the lengths that parts of a host or nick are cut to. Each is another bucket
// to look into, so there are few; with long ones, bans on many hosts of one provider
// do not all share a bucket. Shorter parts are no better than none.
var sizes = [...]int{3, 4, 6, 8, 11, 16, 22, 30, 44, 64}

// counts are how many bans have a part of each size.
type counts [len(sizes)]int

// size returns the number of the greatest size that s has, -1 if it is too short.
func size(s string) int {
	for i := len(sizes) - 1; i >= 0; i-- {
		if len(s) >= sizes[i] {
			return i
		}
	}
	return -1
}

func (x *index) init(m casemap.Mapping) {
	x.mapping = m
	x.all = map[string]*entry{}
	x.nets = map[netip.Prefix][]*entry{}
	x.buckets = map[bucket][]*entry{}
	x.names = map[casemap.Folded][]*entry{}
}

// replace puts e in the place of old; either may be nil.
func (x *index) replace(old, e *entry) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if old != nil {
		x.put(old, false)
		delete(x.all, old.key)
	}
	if e != nil {
		x.put(e, true)
		x.all[e.key] = e
	}
	x.version.Add(1)
}

// put adds an entry to its bucket, or removes it.
func (x *index) put(e *entry, add bool) {
	if e.who == nil {
		x.putName(e, add)
		return
	}
	n := 1
	if !add {
		n = -1
	}
	x.count.Add(int64(n))
	parts := e.who.Parts()
	if e.Action == Exempt && !pure(parts) {
		x.soft += n
	}
	if slices.ContainsFunc(parts, func(p extban.Part) bool { return p.Letter == 'c' }) {
		x.channels += n
	}
	if p, ok := network(parts); ok {
		x.putNet(p, e, n)
		return
	}
	b, part, ok := x.bucketOf(parts)
	switch {
	case !ok:
		x.rest = with(x.rest, e, add)
		return
	case part:
		x.parts[b.of][size(b.text)] += n
	}
	if x.buckets[b] = with(x.buckets[b], e, add); len(x.buckets[b]) == 0 {
		delete(x.buckets, b)
	}
}

func (x *index) putName(e *entry, add bool) {
	if e.look == "" {
		x.masks = with(x.masks, e, add)
		return
	}
	if x.names[e.look] = with(x.names[e.look], e, add); len(x.names[e.look]) == 0 {
		delete(x.names, e.look)
	}
}

func (x *index) putNet(p netip.Prefix, e *entry, n int) {
	if x.nets[p] = with(x.nets[p], e, n > 0); len(x.nets[p]) == 0 {
		delete(x.nets, p)
	}
	f := family(p.Addr())
	x.lengths[f][p.Bits()] += n
	x.used[f] = x.used[f][:0]
	for bits := len(x.lengths[f]) - 1; bits >= 0; bits-- {
		if x.lengths[f][bits] > 0 {
			x.used[f] = append(x.used[f], bits)
		}
	}
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

// candidates calls f for the bans that may be about s, some of them more than once.
func (x *index) candidates(s extban.Subject, f func(*entry)) {
	each := func(list []*entry) {
		for _, e := range list {
			f(e)
		}
	}
	if a := s.Addr(); a.IsValid() {
		x.inNetworks(a, each)
	}
	if account := s.Account(); account != "" {
		each(x.buckets[bucket{byAccount, string(x.mapping.Fold(account))}])
	}
	if cert := s.CertFP(); cert != "" {
		each(x.buckets[bucket{byCert, string(casemap.ASCII.Fold(cert))}])
	}
	for _, known := range s.Masks() {
		x.anchored(string(x.mapping.Fold(known)), each)
	}
	each(x.rest)
}

func (x *index) inNetworks(a netip.Addr, each func([]*entry)) {
	for _, bits := range x.used[family(a)] {
		if p, err := a.Prefix(bits); err == nil {
			each(x.nets[p])
		}
	}
}

func (x *index) anchored(known string, each func([]*entry)) {
	host := known[strings.LastIndexByte(known, '@')+1:]
	each(x.buckets[bucket{byHost, host}])
	for i, n := range sizes {
		if x.parts[byHostEnd][i] > 0 && n <= len(host) {
			each(x.buckets[bucket{byHostEnd, host[len(host)-n:]}])
		}
		if x.parts[byHostStart][i] > 0 && n <= len(host) {
			each(x.buckets[bucket{byHostStart, host[:n]}])
		}
		if x.parts[byNickStart][i] > 0 && n <= len(known) {
			each(x.buckets[bucket{byNickStart, known[:n]}])
		}
	}
}

// with adds e to a list, or removes it. The order makes no difference.
func with(list []*entry, e *entry, add bool) []*entry {
	if add {
		return append(list, e)
	}
	if i := slices.Index(list, e); i >= 0 {
		last := len(list) - 1
		list[i] = list[last]
		list[last] = nil
		return list[:last]
	}
	return list
}
