package chanreg

import (
	"sort"
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/modes"
)

// Flags are letters, each for something that an account may do in a channel.
type Flags string

// The flags. A capital is something that happens by itself on joining.
const (
	Voice      = 'v' // give and take voice
	AutoVoice  = 'V'
	HalfOp     = 'h'
	AutoHalfOp = 'H'
	Op         = 'o'
	AutoOp     = 'O'
	Admin      = 'a'
	AutoAdmin  = 'A'
	Remove     = 'r' // kick, ban and unban
	Topic      = 't'
	Invite     = 'i'
	Set        = 's' // settings, mode lock
	Akicks     = 'k'
	Access     = 'f' // change flags
	Clear      = 'c'
	Founder    = 'F' // everything
)

// All are all flags but the founder's.
const All Flags = "AHOVacfhikorstv"

// A FlagRow describes a flag.
type FlagRow struct {
	Letter rune
	Help   lang.Text
}

// FlagRows are all flags, in the order in which they are shown.
var FlagRows = []FlagRow{
	{Founder, "Founder: may do everything, and becomes founder on joining."},
	{AutoAdmin, "Becomes admin on joining."},
	{AutoOp, "Becomes channel operator on joining."},
	{AutoHalfOp, "Becomes half-operator on joining."},
	{AutoVoice, "Gets voice on joining."},
	{Admin, "May give and take admin status."},
	{Clear, "May clear the channel's lists, modes and members."},
	{Access, "May change the flags of others."},
	{HalfOp, "May give and take half-operator status."},
	{Invite, "May be invited, and invite, by ChanServ."},
	{Akicks, "May change the list of automatic kicks."},
	{Op, "May give and take operator status."},
	{Remove, "May kick, ban and unban."},
	{Set, "May change settings and the mode lock."},
	{Topic, "May change the topic."},
	{Voice, "May give and take voice."},
}

// Templates are names for sets of flags.
var Templates = map[string]Flags{
	"FOUNDER": "FAacfhikorstv",
	"SOP":     "Acfhikorstv",
	"AOP":     "Ohikortv",
	"HOP":     "Hirtv",
	"VOP":     "V",
}

// Has reports whether f has the flag. A founder has all.
func (f Flags) Has(letter rune) bool {
	return strings.ContainsRune(string(f), letter) || strings.ContainsRune(string(f), Founder)
}

// Change returns f changed by "+ab-c", by the name of a template, or by "-*", which
// takes all flags away. bad is the first letter that is no flag, or 0.
func (f Flags) Change(change string) (next Flags, bad rune) {
	if t, ok := Templates[strings.ToUpper(change)]; ok {
		return t.sorted(), 0
	}
	set := map[rune]bool{}
	for _, c := range f {
		set[c] = true
	}
	add := true
	for _, c := range change {
		switch {
		case c == '+' || c == '-':
			add = c == '+'
		case c == '*':
			for _, row := range FlagRows {
				set[row.Letter] = add && row.Letter != Founder
			}
		case !isFlag(c):
			return f, c
		default:
			set[c] = add
		}
	}
	var letters []rune
	for c, on := range set {
		if on {
			letters = append(letters, c)
		}
	}
	return Flags(letters).sorted(), 0
}

func isFlag(c rune) bool {
	for _, row := range FlagRows {
		if row.Letter == c {
			return true
		}
	}
	return false
}

func (f Flags) sorted() Flags {
	letters := []rune(f)
	sort.Slice(letters, func(i, j int) bool { return letters[i] < letters[j] })
	return Flags(letters)
}

// Without returns the flags of f that are not in g.
func (f Flags) Without(g Flags) Flags {
	return Flags(strings.Map(func(c rune) rune {
		if strings.ContainsRune(string(g), c) {
			return -1
		}
		return c
	}, string(f)))
}

// With returns the flags of f and of g.
func (f Flags) With(g Flags) Flags { return (f + g.Without(f)).sorted() }

// TemplateOf returns the name of the template that flags are in this channel, or "".
func (r *Record) TemplateOf(f Flags) string {
	name := f.Template()
	for own, t := range r.Templates {
		if t == f.sorted() && (name == "" || own < name) {
			name = own
		}
	}
	return name
}

// Template returns the name of the template that f is, or "".
func (f Flags) Template() string {
	for name, t := range Templates {
		if t.sorted() == f.sorted() {
			return name
		}
	}
	return ""
}

// Status returns the letter of the status mode that a member with these flags gets
// on joining, the highest only, or 0.
func (f Flags) Status() byte {
	for _, x := range statuses {
		if strings.ContainsRune(string(f), x.flag) {
			return x.letter
		}
	}
	return 0
}

// ForStatus returns the flag by which members get the status of this letter, or 0.
func ForStatus(letter byte) rune {
	for _, x := range statuses {
		if x.letter == letter {
			return x.flag
		}
	}
	return 0
}

var statuses = []struct {
	flag   rune
	letter byte
}{
	{Founder, modes.Founder}, {AutoAdmin, modes.Admin}, {AutoOp, modes.Operator},
	{AutoHalfOp, modes.HalfOp}, {AutoVoice, modes.Voice},
}
