package commands

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/history"
	"github.com/parley-irc/parley/ircd/network"
	"github.com/parley-irc/parley/ircd/numerics"
)

// playbackNick is whom clients made for ZNC's playback module speak to.
// https://wiki.znc.in/Playback
const playbackNick = "*playback"

// zncPlayback runs "PLAY <target>{,<target>} [<from> [<to>]]": what was said between
// two times, in seconds since 1970. The target * is all channels and conversations.
func zncPlayback(r *dispatch.Request, words []string) error {
	if len(words) < 2 || !casemap.ASCII.Equal(words[0], "play") || r.Server.Network.History == nil {
		return nil
	}
	var from, to time.Time
	if len(words) > 2 {
		from = unixTime(words[2])
	}
	if len(words) > 3 {
		to = unixTime(words[3])
	}
	limit := r.Server.Config().History.ZNCMax
	targets := strings.Split(words[1], ",")
	if words[1] == "*" {
		found, _, err := r.Server.Network.Recent(r.Context(), r.User, from, time.Time{}, limit)
		if err != nil {
			return err
		}
		targets = targets[:0]
		for _, t := range found {
			targets = append(targets, t.Target)
		}
	}
	for i, target := range targets {
		if i >= r.Server.Config().Limits.Targets && words[1] != "*" {
			return numerics.TooManyTargets.With(word(target))
		}
		if err := zncPlay(r, target, from, to, limit); err != nil {
			return err
		}
	}
	return nil
}

func zncPlay(r *dispatch.Request, target string, from, to time.Time, limit int) error {
	b, err := r.Server.Network.Readable(r.User, target)
	if err != nil {
		return nil // as for a target without history
	}
	q := history.Query{Last: true, Limit: limit}
	if !from.IsZero() {
		q.After = history.At(from.Add(-time.Millisecond))
	}
	if !to.IsZero() {
		q.Before = history.At(to)
	}
	p, err := r.Server.Network.Query(r.Context(), b, q, 0)
	if err == nil && len(p.Events) > 0 {
		sendHistory(r, b, network.Page{Events: p.Events})
	}
	return err
}

// unixTime reads seconds since 1970, with a fraction.
func unixTime(s string) time.Time {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f <= 0 || f > 1e11 {
		return time.Time{}
	}
	sec, frac := math.Modf(f)
	return time.Unix(int64(sec), int64(math.Round(frac*1e6))*1e3).UTC()
}
