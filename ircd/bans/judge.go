package bans

import (
	"net/netip"
	"slices"
	"time"

	"github.com/parley-irc/parley/ircd/extban"
)

// A Verdict is what the bans say of somebody. Each is nil if there is none: of several,
// it is the oldest.
type Verdict struct {
	Out, Shun, Login *Ban
	// Exempt is why none of these holds, nor any other would.
	Exempt *Ban
}

// Judge returns what the bans say of s.
func (s *Service) Judge(subject extban.Subject, now time.Time) (v Verdict) {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	s.index.candidates(subject, func(e *entry) {
		slot := v.slot(e.Action)
		if slot != nil && (*slot == nil || e.Set.Before((*slot).Set)) && e.match(subject, now) {
			*slot = e.Ban
		}
	})
	if v.Exempt != nil {
		v.Out, v.Shun, v.Login = nil, nil, nil
	}
	return v
}

func (v *Verdict) slot(a Action) **Ban {
	switch a {
	case Out:
		return &v.Out
	case Shun:
		return &v.Shun
	case Login:
		return &v.Login
	case Exempt:
		return &v.Exempt
	}
	return nil
}

// All returns all bans that are about s, whether or not s is exempt, the oldest first.
func (s *Service) All(subject extban.Subject, now time.Time) (all []Listed) {
	var found []*entry
	s.index.mu.RLock()
	s.index.candidates(subject, func(e *entry) {
		if !slices.Contains(found, e) && e.match(subject, now) {
			found = append(found, e)
		}
	})
	s.index.mu.RUnlock()
	slices.SortFunc(found, older)
	for _, e := range found {
		all = append(all, Listed{e.Ban, s.counts.Total(e.key)})
	}
	return all
}

// Address returns the ban on everybody from an address, or nil if there is none or
// somebody from there could be exempt: that is all one knows of who has just connected.
func (s *Service) Address(a netip.Addr, now time.Time) (out *Ban) {
	if s.Empty() || !a.IsValid() {
		return nil
	}
	exempt := false
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	if s.index.soft > 0 {
		return nil
	}
	s.index.inNetworks(a.Unmap(), func(list []*entry) {
		for _, e := range list {
			switch {
			case e.Over(now) || !pure(e.who.Parts()):
			case e.Action == Exempt:
				exempt = true
			case e.Action == Out && (out == nil || e.Set.Before(out.Set)):
				out = e.Ban
			}
		}
	})
	if exempt {
		return nil
	}
	return out
}

// MayExempt reports whether somebody from an address is exempt, or could be by what is
// not known yet.
func (s *Service) MayExempt(a netip.Addr, now time.Time) (may bool) {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	if s.index.soft > 0 {
		return true
	}
	s.index.inNetworks(a.Unmap(), func(list []*entry) {
		for _, e := range list {
			may = may || e.Action == Exempt && !e.Over(now)
		}
	})
	return may
}

// Reserved returns the ban that reserves a nick or a channel, or nil.
func (s *Service) Reserved(name string, now time.Time) *Ban {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	if len(s.index.names) > 0 {
		for _, e := range s.index.names[s.mapping.Skeleton(name)] {
			if !e.Over(now) {
				return e.Ban
			}
		}
	}
	for _, e := range s.index.masks {
		if !e.Over(now) && e.mask.Match(name) {
			return e.Ban
		}
	}
	return nil
}

// Channels reports whether a ban depends on the channels somebody is in.
func (s *Service) Channels() bool {
	s.index.mu.RLock()
	defer s.index.mu.RUnlock()
	return s.index.channels > 0
}
