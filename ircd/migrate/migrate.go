// Package migrate describes what can be brought along from another server: plain values,
// in the words of Parley. Packages below it read the files of one server each and make
// these of them; package writer makes them durable. So whatever a file holds, there is
// one place that decides what becomes of it.
package migrate

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/accounts/foreign"
	"github.com/parley-irc/parley/ircd/event"
)

// A Network is what a file holds.
type Network struct {
	Accounts []Account
	Channels []Channel
	Bans     []Ban
	// Reserved are names that nobody may register again.
	Reserved []string
	Offers   []Host // that everybody may take, with $account for the name of the account
	Notes    []Note
}

// Note notes something in the file that nothing can be made of.
func (n *Network) Note(kind, name, format string, args ...any) {
	n.Notes = append(n.Notes, Note{kind, Printable(name), Printable(fmt.Sprintf(format, args...))})
}

// A Note is about something that could not be carried over, and says why. Notes of the
// same kind and reason are told together.
type Note struct{ Kind, Name, Why string }

// An Account is a user account.
type Account struct {
	Name string
	// Key tells the account from others there, if that is more than its name.
	Key              string
	Registered, Seen time.Time
	Email            string
	Confirmed        bool // the owner has shown to read mail to Email
	Secret           foreign.Secret
	SecretErr        error // why there is no Secret
	Certs, Nicks     []string
	Settings         map[string]string // as NickServ SET names them
	Suspended        *Ruling
	Host             *Host
	Markers          map[string]time.Time // up to when the owner has read what
	Metadata         map[string]string
	Memos            []Memo
	Stay             *Stay // nil unless its user stays while no client is connected
}

// A Host is what others see of an account instead of its address.
type Host struct {
	Host, By string
	Since    time.Time
	Off      bool // the owner does not want it shown
}

// A Memo is a message to an account.
type Memo struct {
	From, Text string
	Sent       time.Time
	Read       bool
}

// A Stay is the user of an account who stays.
type Stay struct {
	Realname string
	Modes    string // letters
	Channels []Membership
}

// A Membership is a channel that a user is in.
type Membership struct {
	Channel string
	Status  string // letters
	Joined  time.Time
}

// A Ruling is an operator's decision that nobody may use something.
type Ruling struct {
	Reason, By   string
	Since, Until time.Time // until it is lifted, if Until is zero
}

// A Channel is a registered channel or, with Forbidden, one that nobody may use.
type Channel struct {
	Name               string
	Founder, Successor string // accounts
	Registered         time.Time
	Topic              Topic
	Modes              []Mode
	// Lock are the modes that stay as they are.
	Lock     []Mode
	Lists    []Entry
	Access   []Access
	Akicks   []Akick
	Settings map[string]string // as ChanServ SET names them
	Metadata map[string]string

	Suspended, Forbidden *Ruling
}

// A Topic is a topic.
type Topic struct {
	Text, By string
	Set      time.Time
}

// A Mode is a mode with its parameter, or one that is not to be set.
type Mode struct {
	Letter byte
	Param  string
	Off    bool
}

// An Entry is one of a list of masks: b, e or I.
type Entry struct {
	Letter   byte
	Mask, By string
	Set      time.Time
}

// Access is what an account may do in a channel, or all who have access to another one, if
// Account is the name of a channel.
type Access struct {
	Account, By string
	Flags       string // as ChanServ has them, or the name of a template
	Since       time.Time
}

// An Akick keeps those who match out of a channel.
type Akick struct {
	Mask, Reason, By string
	Since, Until     time.Time
}

// A Ban is one of the whole network.
type Ban struct {
	Action, Target     string // as package bans has them
	Reason, Notice, By string // Notice is for operators
	Set, Until         time.Time
}

// A Said is something that was said or done.
type Said struct {
	// Target is a channel or, with With, an account, of whose conversation with the nick
	// With it is.
	Target, With string
	// Seq orders what has the same time, and tells it apart.
	Seq    int64
	At     time.Time
	Source string // nick!user@host
	// Account is that of the source, or "".
	Account string
	Bot     bool
	// MsgID is what the message was called there, and ReplyTo the one it replies to.
	MsgID, ReplyTo string
	Body           event.Body
}

// Printable returns a text of a file as it can be shown on a terminal and kept in a
// record: in UTF-8, without control characters, and not endless.
func Printable(s string) string {
	const most = 400
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r >= 0x80 && r < 0xA0 {
			return -1
		}
		return r
	}, s)
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// Text returns a text of a file that people are to read in IRC, formatting and all: in
// UTF-8, and on one line.
func Text(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ", "\x00", "").Replace(s))
}

// Unix returns the time of a number of seconds, zero if that is zero or nonsense.
func Unix(seconds int64) time.Time {
	const latest = 1 << 34 // in five centuries
	if seconds <= 0 || seconds > latest {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
