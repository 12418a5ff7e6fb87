package network

import (
	"strconv"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/state"
	"github.com/parley-irc/parley/ircd/wire"
)

// about returns what a client of m reads after joining: topic, read marker, members.
func (n *Network) about(cx state.ChannelTx, m *state.Member, has caps.Set) (lines []wire.Message) {
	nick := m.Nick()
	if t := cx.View().Topic(); t.Text != "" {
		lines = append(lines,
			n.Numeric(nick, numerics.Topic.With(cx.Name()).Fmt(t.Text)),
			n.Numeric(nick, numerics.TopicWhoTime.With(cx.Name(), t.Setter, strconv.FormatInt(t.Set.Unix(), 10))))
	}
	if has.Has(caps.ReadMarker) {
		lines = append(lines, n.MarkerLine(m.User, cx.Name()))
	}
	if has.Has(caps.NoImplicitNames) {
		return lines
	}
	symbol := "="
	if cx.Channel().Has(modes.Secret) {
		symbol = "@"
	}
	var names []string
	for _, o := range cx.Members() {
		if !cx.View().Sees(m.User, o) {
			continue
		}
		prefix, name := o.Prefixes(), o.Nick()
		if len(prefix) > 1 && !has.Has(caps.MultiPrefix) {
			prefix = prefix[:1]
		}
		if has.Has(caps.UserhostInNames) {
			name = o.Source()
		}
		names = append(names, prefix+name)
	}
	lines = append(lines, n.NumericLines(nick, numerics.NamReply.With(symbol, cx.Name()), " ", names)...)
	return append(lines, n.Numeric(nick, numerics.EndOfNames.With(cx.Name())))
}
