package network

import (
	"errors"
	"strings"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/lang"
	"github.com/parley-irc/parley/ircd/numerics"
	"github.com/parley-irc/parley/ircd/spamfilter"
)

// Words are what somebody wants others to read, for the spam filters.
type Words struct {
	At spamfilter.Target
	// To is the channel or the nick that is to read it, or "".
	To string
	// Texts are the text and, if it has several lines, these.
	Texts []string
	// Relayed means that others than the user have said it.
	Relayed bool
}

// A Finding is what the spam filters say of some words. A nil Finding is nothing.
type Finding struct {
	// Refuse means that nobody is to hear them, and Why is what who said it is told.
	// With Silent it is told nothing.
	Refuse, Silent bool
	Why            lang.Phrase
	// Act does what is to be done to who said it. It takes locks.
	Act func()
}

// ErrUnheard refuses something without a word.
var ErrUnheard = errors.New("nobody is to hear it, and the client is not to know")

// Err returns what refuses the words, which is r with the reason, or nil.
func (f *Finding) Err(r numerics.Reply) error {
	switch {
	case f == nil || !f.Refuse:
		return nil
	case f.Silent:
		return ErrUnheard
	}
	return r.Because("%s", f.Why)
}

func (f *Finding) act() {
	if f != nil {
		f.Act()
	}
}

// screen shows words of a user to the filters. It changes nothing: whoever calls it acts
// upon what was found, once it is sure that the words would be heard otherwise.
func (n *Network) screen(by Actor, w Words) *Finding {
	if n.Hooks.Screen == nil || by.User == nil || by.Service != "" || by.Force {
		return nil
	}
	return n.Hooks.Screen(by, w)
}

// Screen shows a text that is no message to the spam filters, and does what they say to
// who said it. It returns what refuses the text, or nil.
func (n *Network) Screen(by Actor, at spamfilter.Target, to, text string) *Finding {
	if text == "" {
		return nil
	}
	f := n.screen(by, Words{At: at, To: to, Texts: []string{text}})
	f.act()
	return f
}

// screenMessage is screen for a message.
func (n *Network) screenMessage(by Actor, to string, channel bool, b event.MessageSent) *Finding {
	if n.Hooks.Screen == nil || n.Hooks.Unscreened() {
		return nil
	}
	w := Words{To: to, Texts: []string{strings.ReplaceAll(b.Whole(), "\n", " ")}, Relayed: b.Relayer != ""}
	if len(b.Lines) > 1 {
		w.Texts = append(w.Texts, strings.Split(b.Whole(), "\n")...)
	}
	switch {
	case b.Command == "TAGMSG":
		return n.screenTags(by, w, b)
	case b.Command == "NOTICE" && channel:
		w.At = spamfilter.ChannelNotice
	case b.Command == "NOTICE":
		w.At = spamfilter.PrivateNotice
	case channel:
		w.At = spamfilter.Channel
	default:
		w.At = spamfilter.Private
	}
	if f := n.screen(by, w); f != nil && f.Refuse {
		return f
	}
	if name, ok := spamfilter.File(b.Text); ok {
		return n.screen(by, Words{At: spamfilter.DCC, To: to, Texts: []string{name}})
	}
	if f := n.screenTags(by, w, b); f != nil {
		return f
	}
	return n.screen(by, w)
}

func (n *Network) screenTags(by Actor, w Words, b event.MessageSent) *Finding {
	if len(b.Tags) == 0 {
		return nil
	}
	w.At, w.Texts = spamfilter.Tags, nil
	for _, t := range b.Tags {
		w.Texts = append(w.Texts, t.Key+"="+t.Value)
	}
	return n.screen(by, w)
}
