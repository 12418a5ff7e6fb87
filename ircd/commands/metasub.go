package commands

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/session"
)

// metaSub subscribes to keys, in order, as long as there is room.
func metaSub(r *dispatch.Request) error {
	if err := self(r); err != nil {
		return err
	}
	limit := r.Server.Config().Metadata.MaxSubs
	sub := r.Session.Subscription()
	var done []string
	var added session.Subscription
	var full error
	for _, key := range r.Message.Params[2:] {
		if !validKey(r, key) {
			metaBatch{Request: r}.problem(badKey(r, key))
			continue
		}
		next, isNew := sub.With(key)
		if len(next) > limit {
			full = tooManySubs(r, key, limit)
			break
		}
		if sub = next; isNew {
			added, _ = added.With(key)
		}
		done = append(done, key)
	}
	r.Session.Subscribe(sub)
	sendKeys(metaBatch{Request: r}, numerics.SubOK, done)
	if len(added) > 0 && r.User != nil {
		metaCatchUp(r, added)
	}
	return full
}

func tooManySubs(r *dispatch.Request, key string, limit int) error {
	if revised(r) {
		return numerics.Fail{Code: "LIMIT_REACHED", Text: "You cannot subscribe to more keys"}.With("SUB", key, strconv.Itoa(limit))
	}
	return numerics.Fail{Code: "TOO_MANY_SUBS", Text: "You cannot subscribe to more keys"}.With(key)
}

func metaUnsub(r *dispatch.Request) error {
	if err := self(r); err != nil {
		return err
	}
	sub := r.Session.Subscription()
	var done []string
	for _, key := range r.Message.Params[2:] {
		if !validKey(r, key) {
			metaBatch{Request: r}.problem(badKey(r, key))
			continue
		}
		sub = sub.Without(key)
		done = append(done, key)
	}
	r.Session.Subscribe(sub)
	sendKeys(metaBatch{Request: r}, numerics.UnsubOK, done)
	return nil
}

func metaSubs(r *dispatch.Request) error {
	if err := self(r); err != nil {
		return err
	}
	b := startMeta(r, "metadata-subs")
	defer b.end()
	sendKeys(b, numerics.Subs, r.Session.Subscription())
	return nil
}

// sendKeys sends a reply whose parameters are keys, in as many lines as it takes.
func sendKeys(b metaBatch, n *numerics.Numeric, keys []string) {
	const most, bytes = 12, 350 // clients may not read more than 15 parameters
	for len(keys) > 0 {
		count, size := 1, len(keys[0])
		for count < len(keys) && count < most && size+len(keys[count]) < bytes {
			size += 1 + len(keys[count])
			count++
		}
		b.reply(n.With(keys[:count]...))
		keys = keys[count:]
	}
}

// metaAware reports whether a client reads metadata that it has not asked for.
func metaAware(has caps.Set) bool { return has.HasAny(caps.Of(caps.Metadata, caps.Metadata3)) }
