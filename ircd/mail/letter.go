package mail

import (
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/parley-irc/parley/ircd/lang"
)

// A Letter is a text to somebody.
type Letter struct {
	To      string
	Kind    string // for logs
	Subject lang.Phrase
	Body    []lang.Phrase // paragraphs
	Until   time.Time     // when it is of no use any more
}

func say(text lang.Text, words ...any) lang.Phrase { return text.With(words...) }

// message returns the letter as it is sent.
func (l *Letter) message(o *Options) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	if err := m.FromFormat(o.Network, o.From); err != nil {
		return nil, err
	}
	if err := m.To(l.To); err != nil {
		return nil, err
	}
	m.Subject(l.Subject.In(o.Catalogue))
	m.SetDateWithValue(time.Now())
	m.SetMessageIDWithValue(messageID(o.From))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: vacations do not answer
	var text strings.Builder
	for _, p := range l.Body {
		text.WriteString(p.In(o.Catalogue) + "\r\n\r\n")
	}
	m.SetBodyString(mail.TypeTextPlain, strings.TrimSuffix(text.String(), "\r\n"))
	return m, nil
}
