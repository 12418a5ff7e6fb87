package bans

import (
	"context"
	"time"

	"github.com/parley-irc/parley/ircd/hits"
)

// Hits are how often a ban has met somebody, and when it did last.
type Hits = hits.Count

// Hit notes that a ban has met somebody here, and reports whether it is the first time
// within a minute.
func (s *Service) Hit(b *Ban, now time.Time) (news bool) {
	q, err := Parse(s.mapping, b.Action, b.Target)
	return err == nil && s.counts.Hit(q.key, now, time.Minute)
}

// KeepHits stores how often bans have met somebody since it was last called. It is for
// once a minute.
func (s *Service) KeepHits(ctx context.Context) error {
	return s.counts.Keep(ctx, func(key string) bool { return s.entry(key) == nil })
}
