package player

import (
	"fmt"
	"strings"

	"github.com/parley-irc/parley/ircd/mail/mailtest"
)

// expectMail compares the lines of a letter, of which the first is its subject, with
// what is wanted. How is as for clients. What is left of a letter need not be written:
// the line may as well be one of the next letter.
func (p *player) expectMail(to, how, want string) error {
	if how == "*" {
		p.skipMail(to, want)
		return nil
	}
	heard := ""
	if p.letter.To == to {
		if p.readMail(how, want) {
			return nil
		}
		heard = strings.Join(p.letter.Lines, "\n\t")
	}
	l, ok := p.stage.mail(to)
	if !ok {
		return fmt.Errorf("%s has got no letter with\n\t%s\nbut\n\t%s", to, want, heard)
	}
	l.Lines = append([]string{l.Subject}, l.Lines...)
	p.letter = l
	if !p.readMail(how, want) {
		return fmt.Errorf("%s does not read\n\t%s\nbut\n\t%s", to, want, strings.Join(l.Lines, "\n\t"))
	}
	return nil
}

// readMail reports whether the next line of the letter, or one of the next, is what is
// wanted.
func (p *player) readMail(how, want string) bool {
	for i, line := range p.letter.Lines {
		if p.bound.word(want, line) {
			p.letter.Lines = p.letter.Lines[i+1:]
			return true
		}
		if how == "" {
			return false
		}
	}
	return false
}

func (p *player) skipMail(to, want string) {
	for p.letter.To == to && len(p.letter.Lines) > 0 && p.bound.word(want, p.letter.Lines[0]) {
		p.letter.Lines = p.letter.Lines[1:]
	}
}

// mail removes and returns a letter that a server has sent.
func (b *bubble) mail(to string) (mailtest.Letter, bool) { return b.box.Take(to) }

func (p *process) mail(string) (mailtest.Letter, bool) { return mailtest.Letter{}, false }
