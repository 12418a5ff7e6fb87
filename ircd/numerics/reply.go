// Package numerics lists the numeric replies and the codes of standard replies,
// and defines the replies that handlers return as errors.
//
// A mistake of a user is a value: a handler returns it, and the dispatcher sends
// it. https://modern.ircdocs.horse/#numerics
package numerics

import (
	"fmt"
	"strings"

	"github.com/parley-irc/parley/ircd/lang"
)

// A Numeric is a numeric reply: its code, its name in the specifications, the
// names of its parameters after the client's nick, and the text of its last
// parameter. A name that ends in "..." stands for any number of parameters. A
// text may contain the verbs of package fmt, for the arguments of Fmt.
type Numeric struct {
	Code   int
	Name   string
	Params string
	Text   lang.Text
}

// A Reply is a Numeric with its arguments. It is an error, so that a handler can
// refuse a request by returning it.
type Reply struct {
	*Numeric
	Args []string
	// Text, unless it is "", replaces the numeric's own. Words are what the verbs of
	// the text stand for.
	Text  lang.Text
	Words []any
}

func (r Reply) Error() string {
	return fmt.Sprintf("%03d %s :%s", r.Code, strings.Join(r.Args, " "), r.Last())
}

// Last returns the last parameter, which says nothing if it is among Args.
func (r Reply) Last() lang.Phrase {
	if r.Text != "" {
		return r.Text.With(r.Words...)
	}
	return r.Numeric.Text.With(r.Words...)
}

// With returns the reply with the given arguments.
func (n *Numeric) With(args ...string) Reply { return Reply{Numeric: n, Args: args} }

// Because returns the reply with another text, which says why.
func (r Reply) Because(text lang.Text, words ...any) Reply {
	r.Text, r.Words = text, words
	return r
}

// Fmt returns the reply with what the verbs of its text stand for.
func (r Reply) Fmt(words ...any) Reply {
	r.Words = words
	return r
}

// A Fail is a FAIL standard reply, for errors that have no numeric. It is
// returned like a Reply. https://ircv3.net/specs/extensions/standard-replies
type Fail struct {
	// Command is the command that failed; "" is the one being run.
	Command string
	Code    string
	Context []string
	Text    lang.Text
	Words   []any // what the verbs of the text stand for
}

func (f Fail) Error() string { return "FAIL " + f.Code + " :" + f.Said().String() }

// Said returns the text with its words.
func (f Fail) Said() lang.Phrase { return f.Text.With(f.Words...) }

// With returns f with the given context.
func (f Fail) With(context ...string) Fail {
	f.Context = context
	return f
}

// Because returns f with another text, which says more exactly what is wrong.
func (f Fail) Because(text lang.Text, words ...any) Fail {
	f.Text, f.Words = text, words
	return f
}

// The FAIL codes that commands share.
var (
	InternalError = Fail{Code: "INTERNAL_ERROR", Text: "The server could not do this. Try again later."}
	InvalidUTF8   = Fail{Code: "INVALID_UTF8", Text: "Your message is not valid UTF-8. Set your client to UTF-8 and send it again."}
	NeedMore      = Fail{Code: "NEED_MORE_PARAMS", Text: "Something is missing. See HELP for this command."}
	InvalidParams = Fail{Code: "INVALID_PARAMS", Text: "The server does not understand these parameters. See HELP for this command."}
)

// Command returns the numeric as three digits.
func (n *Numeric) Command() string { return digits[n.Code] }

// digits are the codes as text, so that a reply needs no formatting.
var digits = func() (d [1000]string) {
	for i := range d {
		d[i] = fmt.Sprintf("%03d", i)
	}
	return d
}()
