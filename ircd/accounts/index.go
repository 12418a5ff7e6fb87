package accounts

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

// An index answers from memory what is asked for every nick and login.
type index struct {
	names     casemap.Mapping
	mu        sync.RWMutex // nothing waits under it
	accounts  map[casemap.Folded]*record
	nicks     map[casemap.Folded]nickRecord // by skeleton
	nickKeys  map[string]casemap.Folded     // the skeleton by the key in the store
	certs     map[string]casemap.Folded
	ids       map[string]casemap.Folded // the account that has an ID
	listeners []func(old, new *Account)
}

func (x *index) init(names casemap.Mapping) {
	x.names = names
	x.accounts = map[casemap.Folded]*record{}
	x.nicks = map[casemap.Folded]nickRecord{}
	x.nickKeys = map[string]casemap.Folded{}
	x.certs = map[string]casemap.Folded{}
	x.ids = map[string]casemap.Folded{}
}

// changeAccount puts a change of the shelf of accounts into the index.
func (s *Service) changeAccount(c store.Change) error {
	rec, err := decodeAccount(s.names, c)
	s.gate.Lock()
	old, listeners := s.index.setAccount(casemap.Folded(c.Key), rec)
	s.gate.Unlock()
	if old == nil && rec == nil {
		return err
	}
	for _, f := range listeners {
		f(old.account(), rec.account())
	}
	return err
}

func (rec *record) account() *Account {
	if rec == nil {
		return nil
	}
	return &rec.Account
}

// decodeAccount returns nil if there is none. One that cannot be read is none.
func decodeAccount(names casemap.Mapping, c store.Change) (*record, error) {
	if c.Deleted {
		return nil, nil
	}
	rec, err := accountSchema.Decode(c.Value)
	if err != nil {
		return nil, err
	}
	rec.Folded = names.Fold(rec.Name)
	if string(rec.Folded) != c.Key {
		return nil, errMapping
	}
	return &rec, nil
}

func (x *index) setAccount(key casemap.Folded, rec *record) (old *record, listeners []func(old, new *Account)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	old = x.accounts[key]
	if old != nil && x.ids[old.ID] == key {
		delete(x.ids, old.ID)
	}
	if rec == nil {
		delete(x.accounts, key)
	} else {
		x.accounts[key], x.ids[rec.ID] = rec, key
	}
	return old, x.listeners
}

func (x *index) listen(f func(old, new *Account)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.listeners = append(slices.Clip(x.listeners), f)
}

func (x *index) changeNick(c store.Change) error {
	var n nickRecord
	var err error
	if !c.Deleted {
		n, err = nickSchema.Decode(c.Value)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if old, ok := x.nickKeys[c.Key]; ok {
		delete(x.nicks, old)
		delete(x.nickKeys, c.Key)
	}
	if c.Deleted || err != nil {
		return err
	}
	skeleton := x.names.Skeleton(n.Nick)
	x.nicks[skeleton], x.nickKeys[c.Key] = n, skeleton
	return nil
}

func (x *index) changeCert(c store.Change) error {
	var rec certRecord
	var err error
	if !c.Deleted {
		rec, err = certSchema.Decode(c.Value)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if c.Deleted || err != nil {
		delete(x.certs, c.Key)
		return err
	}
	x.certs[c.Key] = rec.Account
	return nil
}

// resolve returns the account of a name or of a nick grouped with it, or nil.
func (x *index) resolve(name string) *record {
	folded := x.names.Fold(name)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if rec := x.accounts[folded]; rec != nil {
		return rec
	}
	n, ok := x.nicks[x.names.Skeleton(name)]
	if !ok || x.names.Fold(n.Nick) != folded {
		return nil
	}
	return x.accounts[n.Account]
}

func (x *index) claim(nick string) (Claim, bool) {
	skeleton := x.names.Skeleton(nick)
	x.mu.RLock()
	defer x.mu.RUnlock()
	n, ok := x.nicks[skeleton]
	if !ok {
		return Claim{}, false
	}
	return Claim{n.Nick, x.names.Equal(n.Nick, nick), x.accounts[n.Account].account()}, true
}

// byCert returns the account of a certificate, or nil. Both the account and the
// certificate must say that they belong together.
func (x *index) byCert(fingerprint string) *record {
	x.mu.RLock()
	defer x.mu.RUnlock()
	rec := x.accounts[x.certs[fingerprint]]
	if rec == nil || !slices.ContainsFunc(rec.Certs, func(c Cert) bool { return c.Is(fingerprint) }) {
		return nil
	}
	return rec
}

// all returns the accounts in the order of their names.
func (x *index) all() []*record {
	x.mu.RLock()
	recs := slices.Collect(maps.Values(x.accounts))
	x.mu.RUnlock()
	slices.SortFunc(recs, func(a, b *record) int { return strings.Compare(string(a.Folded), string(b.Folded)) })
	return recs
}
