package bans

import (
	"crypto/rand"
	"encoding/base32"
	"sync"
	"time"
)

// pendingFor is how long a ban waits to be confirmed, and mostPending how many do.
const (
	pendingFor  = 5 * time.Minute
	mostPending = 64
)

// A Proposal is a ban that somebody has to confirm.
type Proposal struct {
	Query Query
	Ban   Ban
	By    string // who may
}

// pending are the bans that wait to be confirmed, by code.
type pending struct {
	mu sync.Mutex
	by map[string]proposed
}

type proposed struct {
	Proposal
	until time.Time
}

// Propose keeps a ban until it is confirmed by the code that it returns.
func (s *Service) Propose(p Proposal, now time.Time) (code string) {
	var b [5]byte
	rand.Read(b[:])
	code = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").EncodeToString(b[:])[:6]
	x := &s.pending
	x.mu.Lock()
	defer x.mu.Unlock()
	for code, old := range x.by {
		if !now.Before(old.until) {
			delete(x.by, code)
		}
	}
	if x.by == nil || len(x.by) >= mostPending {
		x.by = map[string]proposed{}
	}
	x.by[code] = proposed{p, now.Add(pendingFor)}
	return code
}

// Confirm returns the ban that by has proposed under a code, once.
func (s *Service) Confirm(code, by string, now time.Time) (p Proposal, ok bool) {
	x := &s.pending
	x.mu.Lock()
	defer x.mu.Unlock()
	found, ok := x.by[code]
	if !ok || found.By != by || !now.Before(found.until) {
		return p, false
	}
	delete(x.by, code)
	return found.Proposal, true
}
