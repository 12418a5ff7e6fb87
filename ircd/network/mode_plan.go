package network

import (
	"errors"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/extban"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/privs"
	"github.com/parley-irc/parley/ircd/state"
)

// A plan is the changes of one MODE command that will be made.
type plan struct {
	n       *Network
	cx      state.ChannelTx
	by      Actor
	force   bool
	locked  []modes.Change // what must stay as it is
	facts   []event.Fact
	changes []event.Change
	entries int // by how many the lists will have more
}

// lasting reports whether a change is of what outlives the members.
func (p *plan) lasting() bool {
	return slices.ContainsFunc(p.facts, func(f event.Fact) bool { return f.Kind != event.Status })
}

// lock refuses a change of what is locked.
func (p *plan) lock(c modes.Change) error {
	for _, l := range p.locked {
		if l.Letter == c.Letter && c.Kind != modes.List && c.Kind != modes.Status && (l.Add != c.Add || l.Add && l.Param != c.Param) {
			return numerics.ModeLocked.With(p.cx.Name(), string(c.Letter), lockText(p.locked))
		}
	}
	return nil
}

// lockText returns the letters that are locked, as in "+nt-i".
func lockText(locked []modes.Change) string {
	var changes []event.Change
	for _, l := range locked {
		changes = append(changes, event.Change{Add: l.Add, Letter: l.Letter})
	}
	return modeWords(changes)[0]
}

func (p *plan) add(c modes.Change, t modeTarget) error {
	if t.err != nil && !p.force {
		return t.err
	}
	var target *state.Member
	if c.Kind == modes.Status {
		if t.user == nil {
			return t.err
		}
		if target = p.cx.Member(t.user); target == nil {
			return numerics.NotInChannel.With(t.user.Nick(), p.cx.Name())
		}
	}
	if !p.force {
		if err := p.cx.View().MayChangeMode(p.by.User, c, target, may(p.by.User, privs.ChannelModes)); err != nil {
			return err
		}
		if err := p.lock(c); err != nil {
			return err
		}
	}
	switch c.Kind {
	case modes.Status:
		p.status(c, target)
	case modes.List:
		return p.list(c)
	default:
		p.flag(c)
	}
	return nil
}

func (p *plan) put(f event.Fact, add bool, c modes.Change, shown string) {
	f.Gone = !add
	p.facts = append(p.facts, f)
	p.changes = append(p.changes, event.Change{Add: add, Letter: c.Letter, Param: shown})
}

func (p *plan) status(c modes.Change, target *state.Member) {
	if target.Status().Has(c.Letter) != c.Add {
		p.put(fact(p.cx.Key(event.Status, target.UID(), string(c.Letter)), ""), c.Add, c, target.Nick())
	}
}

func (p *plan) flag(c modes.Change) {
	has, param := p.cx.Channel().Has(c.Letter), p.cx.View().Param(c.Letter)
	switch {
	case !c.Add && !has, c.Add && has && param == c.Param:
		return
	case !c.Add && c.Kind == modes.Key:
		c.Param = param
	case !c.Add:
		c.Param = ""
	}
	p.put(fact(p.cx.Key(event.Mode, string(c.Letter), ""), c.Param), c.Add, c, c.Param)
}

// wrongEntry returns what is wrong with an entry, as its user reads it.
func wrongEntry(err error) any {
	var wrong *extban.Error
	if errors.As(err, &wrong) {
		return wrong.Said()
	}
	return err.Error()
}

// list adds or removes an entry. One that is there already, or is not, is no
// error. https://modern.ircdocs.horse/#ban-channel-mode
func (p *plan) list(c modes.Change) error {
	b, err := extban.Parse(p.n.World.Mapping, c.Param)
	if err != nil {
		return numerics.InvalidMode.With(p.cx.Name(), string(c.Letter), oneWord(c.Param)).Because(lang.Verbatim, wrongEntry(err))
	}
	mask, letter := b.String(), string(c.Letter)
	old := p.cx.View().Entry(c.Letter, b)
	switch {
	case c.Add && old != nil, !c.Add && old == nil:
		return nil
	case !c.Add:
		p.put(fact(p.cx.Key(event.List, letter, old.Mask), ""), false, c, old.Mask)
		p.entries--
		return nil
	case p.cx.View().ListSize()+p.entries >= p.n.Config().Limits.ListModes:
		return numerics.BanListFull.With(p.cx.Name(), mask)
	}
	setter := p.n.source(p.by)
	text := event.Pack(event.Entry{Setter: setter, Set: p.n.Clock.Now()})
	p.put(fact(p.cx.Key(event.List, letter, mask), text), true, c, mask)
	p.entries++
	return nil
}

// oneWord returns s as a middle parameter.
func oneWord(s string) string {
	if s = strings.ReplaceAll(s, " ", "_"); s == "" || s[0] == ':' {
		return "*"
	}
	return s
}
