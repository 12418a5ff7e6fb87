package writer

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/migrate"
	"github.com/parley-irc/parley/ircd/modes"
)

// change returns a mode as it is set here. Statuses, lists, and what only the server sets
// are none.
func (w *writer) change(ch *migrate.Channel, m migrate.Mode) (c modes.Change, ok bool) {
	if m.Letter == modes.Registered || m.Letter == modes.Permanent {
		return c, false // every channel that is registered is
	}
	words := []string{"+" + string(rune(m.Letter))}
	if m.Off {
		words[0] = "-" + string(rune(m.Letter))
	}
	if m.Param != "" {
		words = append(words, m.Param)
	}
	changes, problems := modes.Channel().Parse(words, 1)
	if len(changes) != 1 || len(problems) > 0 || changes[0].Kind == modes.Status || changes[0].Kind == modes.List || changes[0].Query || changes[0].Fixed {
		w.note("channel", ch.Name, "without mode %s, which there is not here", strings.Join(words, " "))
		return c, false
	}
	c = changes[0]
	if !m.Off && c.Kind == modes.Key {
		c.Param = casemap.Truncate(c.Param, w.Config.Limits.KeyLength)
	}
	if c.Letter == modes.Forward && !m.Off && !w.names.ValidChannel(c.Param, w.Config.Limits.ChannelLength) {
		return c, false
	}
	return c, true
}

// lock returns the mode lock of a channel as ChanServ keeps it: "+ntk-i key".
func (w *writer) lock(ch *migrate.Channel) string {
	var on, off string
	var params []string
	for _, m := range ch.Lock {
		switch c, ok := w.change(ch, m); {
		case !ok, strings.ContainsRune(on+off, rune(c.Letter)), c.Oper:
		case m.Off:
			off += string(rune(c.Letter))
		default:
			if on += string(rune(c.Letter)); c.Param != "" {
				params = append(params, c.Param)
			}
		}
	}
	if on != "" {
		on = "+" + on
	}
	if off != "" {
		off = "-" + off
	}
	return strings.Join(append(slices.DeleteFunc([]string{on + off}, func(s string) bool { return s == "" }), params...), " ")
}

// facts returns what a channel looks like.
func (w *writer) facts(ch *migrate.Channel, incarnation event.Stamp) (facts []event.Fact) {
	at := incarnation
	add := func(kind event.Kind, a, b, text string) {
		key := event.Key{Kind: kind, Scope: string(w.names.Fold(ch.Name)), Incarnation: incarnation, A: a, B: b}
		if !slices.ContainsFunc(facts, func(f event.Fact) bool { return f.Key == key }) {
			facts = append(facts, event.Fact{Key: key, Value: event.Value{At: at, Text: text}})
		}
	}
	if t := ch.Topic; t.Text != "" {
		text := casemap.Truncate(t.Text, w.Config.Limits.TopicLength)
		add(event.Topic, "", "", event.Pack(event.TopicText{Text: text, Setter: setter(t.By), Set: t.Set}))
	}
	for _, m := range slices.Concat(ch.Modes, ch.Lock) {
		if c, ok := w.change(ch, m); ok && !m.Off {
			add(event.Mode, string(rune(c.Letter)), "", c.Param)
		}
	}
	for _, e := range ch.Lists {
		if mask, ok := w.mask("channel", ch.Name, "the entry "+string(rune(e.Letter)), e.Mask); ok {
			add(event.List, string(rune(e.Letter)), mask, event.Pack(event.Entry{Setter: setter(e.By), Set: e.Set}))
		}
	}
	for key, value := range w.metadata(ch.Metadata) {
		add(event.ChannelMeta, key, "", value)
	}
	return facts
}

// setter returns who has set something as numerics can have it.
func setter(by string) string {
	by = strings.Map(func(r rune) rune {
		if unprintable(r) {
			return -1
		}
		return r
	}, migrate.Printable(by))
	if by == "" || by[0] == ':' {
		return "*"
	}
	return by
}
