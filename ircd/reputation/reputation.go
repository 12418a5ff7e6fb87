// Package reputation keeps for how long the network has known somebody: how many minutes
// an account, or somebody at an address, has been connected. Spammers come and go; who
// has been here for hours before is hardly one. So those who are known can be spared
// what newcomers have to bear while a wave rolls in.
//
// No address is kept, but a keyed sum of it. The minutes are counted in memory and stored
// now and then, a few hundred keys in each record: what a crash loses is some minutes of
// good name. Each server counts its own clients, and adds what the others have counted.
package reputation

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/store"
)

const (
	// shards is how many records a server has.
	shards = 256
	// most is how many keys a server counts. More are not counted until some are forgotten.
	most = 200_000
	// ceiling is the best name there is, in minutes: a year.
	ceiling = 365 * 24 * 60
	// forgetSoon is when those are forgotten who were there for less than an hour, and
	// forgetLate when the others are.
	forgetSoon, forgetLate = 7 * 24 * time.Hour, 180 * 24 * time.Hour
)

// A Key stands for an account or an address.
type Key string

// A name is how well known one is.
type name struct {
	Minutes int64 `json:"m"`
	Last    int64 `json:"l"` // when it grew last, in minutes since 1970
}

// A shard is a part of what a server has counted.
type shard map[Key]name

var schema = store.Schema[shard]{Name: "reputation"}

// A Service is how well known people are, as one server knows it.
type Service struct {
	store  store.Store
	server string // the SID
	secret []byte
	log    *slog.Logger
	cancel func()

	mu     sync.Mutex
	own    [shards]shard
	dirty  [shards]bool
	count  int
	others map[string]*[shards]shard // by SID
}

// Open returns what st knows, for the server with this SID. The secret is that of all
// servers of the network; without a common one, each knows only its own.
func Open(ctx context.Context, st store.Store, sid string, secret []byte, log *slog.Logger) (*Service, error) {
	s := &Service{store: st, server: sid, secret: secret, log: log, others: map[string]*[shards]shard{}}
	for i := range s.own {
		s.own[i] = shard{}
	}
	var err error
	if s.cancel, err = st.Watch(ctx, store.Reputations, s.changed); err != nil {
		return nil, fmt.Errorf("open the reputations: %w", err)
	}
	return s, nil
}

// Close stops following the store.
func (s *Service) Close() { s.cancel() }

func recordKey(sid string, i int) string { return sid + " " + strconv.Itoa(i) }

// changed follows the records of others, and reads its own once, at the start.
func (s *Service) changed(c store.Change) {
	sid, number, _ := strings.Cut(c.Key, " ")
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= shards {
		s.log.Error("a reputation cannot be read and counts for nothing", "key", c.Key)
		return
	}
	var v shard
	if !c.Deleted {
		if v, err = schema.Decode(c.Value); err != nil {
			s.log.Error("a reputation cannot be read and counts for nothing", "key", c.Key, "error", err)
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case sid != s.server:
		if s.others[sid] == nil {
			s.others[sid] = &[shards]shard{}
		}
		s.others[sid][i] = v
	case len(s.own[i]) == 0 && len(v) > 0: // of an earlier run
		s.own[i] = v
		s.count += len(v)
	}
}

// sum returns the key of what is to be known by it.
func (s *Service) sum(kind, what string) Key {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte("reputation " + kind + " " + what))
	return Key(base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12]))
}

// Account returns the key of an account.
func (s *Service) Account(account casemap.Folded) Key { return s.sum("account", string(account)) }

// homeBits is how much of an IPv6 address is one household.
const homeBits = 64

// Address returns the key of an address; one household has one.
func (s *Service) Address(a netip.Addr) Key {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(homeBits) // cannot fail
		a = p.Addr()
	}
	return s.sum("address", a.String())
}

// shardOf returns the number of the shard that a key is in.
func shardOf(k Key) int {
	sum := 0
	for _, c := range []byte(k) {
		sum = sum*31 + int(c)
	}
	return sum & (shards - 1)
}

// Known returns for how long the best known of keys has been here.
func (s *Service) Known(keys ...Key) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	best := int64(0)
	for _, k := range keys {
		i := shardOf(k)
		sum := s.own[i][k].Minutes
		for _, o := range s.others {
			sum += o[i][k].Minutes
		}
		best = max(best, sum)
	}
	return time.Duration(min(best, ceiling)) * time.Minute
}

// Credit adds a minute to each of those who are here now.
func (s *Service) Credit(here map[Key]struct{}, now time.Time) {
	minute := now.Unix() / 60
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range here {
		i := shardOf(k)
		n, counted := s.own[i][k]
		if !counted && s.count >= most {
			continue
		}
		if !counted {
			s.count++
		}
		s.own[i][k] = name{min(n.Minutes+1, ceiling), minute}
		s.dirty[i] = true
	}
}

// Forget removes what is known of a key by this server.
func (s *Service) Forget(k Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := shardOf(k); s.own[i][k] != (name{}) {
		delete(s.own[i], k)
		s.count--
		s.dirty[i] = true
	}
}

// Expire forgets those who have not been here for long.
func (s *Service) Expire(now time.Time) {
	minute := now.Unix() / 60
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, all := range s.own {
		before := len(all)
		maps.DeleteFunc(all, func(_ Key, n name) bool {
			gone := time.Duration(minute-n.Last) * time.Minute
			return gone > forgetLate || n.Minutes < 60 && gone > forgetSoon
		})
		if len(all) != before {
			s.count -= before - len(all)
			s.dirty[i] = true
		}
	}
}

// take returns a shard that is to be stored.
func (s *Service) take(i int) (value []byte, dirty bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dirty[i] {
		return nil, false, nil
	}
	s.dirty[i] = false
	value, err = schema.Encode(s.own[i])
	return value, true, err
}

// Keep stores what has changed since it was last called. It is for every quarter of an
// hour, and for the end.
func (s *Service) Keep(ctx context.Context) (failed error) {
	for i := range shards {
		value, dirty, err := s.take(i)
		if dirty && err == nil {
			err = s.put(ctx, recordKey(s.server, i), value)
		}
		if err != nil {
			s.mu.Lock()
			s.dirty[i] = true
			s.mu.Unlock()
			failed = errors.Join(failed, err)
			if ctx.Err() != nil {
				return failed
			}
		}
	}
	return failed
}

func (s *Service) put(ctx context.Context, key string, value []byte) error {
	rev := uint64(0)
	rec, err := s.store.Get(ctx, store.Reputations, key)
	switch {
	case err == nil:
		rev = rec.Rev
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	_, err = s.store.Put(ctx, store.Reputations, key, value, rev)
	return err
}
