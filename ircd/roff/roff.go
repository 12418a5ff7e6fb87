// Package roff writes manual pages, for man(1), in the macros that all systems have.
// https://man7.org/linux/man-pages/man7/man.7.html
package roff

import (
	"fmt"
	"strings"
)

// A Page is a manual page, written from its title downwards. Text may have `words that
// are typed` and ‹words that stand for others›, which are shown bold and in italics.
type Page struct{ b strings.Builder }

// New begins the page of this name in a section such as "8". Purpose is a line without
// full stop, and about names what the page is a part of.
func New(name, section, purpose, about string) *Page {
	p := &Page{}
	p.line(`.\" Made from the program by "make generate".`)
	p.line(fmt.Sprintf(`.TH %s %s "" "%s" ""`, strings.ToUpper(name), section, about))
	p.line(".nh")
	p.line(".ad l")
	p.Section("NAME")
	p.line(escape(name) + ` \- ` + text(purpose))
	return p
}

// String returns the page.
func (p *Page) String() string { return p.b.String() }

// Section begins a section.
func (p *Page) Section(title string) { p.line(".SH " + escape(strings.ToUpper(title))) }

// Part begins a part of a section.
func (p *Page) Part(title string) { p.line(".SS " + escape(title)) }

// Para adds paragraphs, which are separated by empty lines.
func (p *Page) Para(s string) {
	for para := range strings.SplitSeq(strings.TrimSpace(s), "\n\n") {
		p.line(".PP")
		p.prose(para)
	}
}

// Item adds an item with a tag, which is shown bold as far as it is in backquotes.
func (p *Page) Item(tag, s string) {
	p.line(".TP")
	p.line(text(tag))
	p.prose(s)
}

// More adds a paragraph to the last item.
func (p *Page) More(s string) {
	p.line(".IP")
	p.prose(s)
}

// Example adds lines that are shown as they are.
func (p *Page) Example(s string) {
	p.line(".PP\n.RS 4\n.EX")
	for line := range strings.Lines(strings.TrimRight(s, "\n")) {
		p.line(escape(strings.TrimRight(line, "\n")))
	}
	p.line(".EE\n.RE")
}

// prose adds text, the lines of which are filled.
func (p *Page) prose(s string) {
	for line := range strings.Lines(strings.TrimSpace(s)) {
		p.line(text(strings.TrimSpace(line)))
	}
}

func (p *Page) line(s string) {
	p.b.WriteString(s)
	p.b.WriteByte('\n')
}

// escape returns s so that it reads as text and not as a request. Characters beyond
// ASCII are named, because not every roff reads UTF-8.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case special[r] != "":
			b.WriteString(special[r])
		case r > '~':
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	if out := b.String(); !strings.HasPrefix(out, ".") {
		return out
	}
	return `\&` + b.String()
}

var special = map[rune]string{'\\': `\e`, '-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`}

// marks are what begins and ends words in another font.
var marks = []struct{ begin, end, font string }{{"`", "`", `\fB`}, {"‹", "›", `\fI`}}

// text is escape with the marks of what is bold and in italics replaced.
func text(s string) string {
	var b strings.Builder
	for {
		at, mark := -1, marks[0]
		for _, m := range marks {
			if i := strings.Index(s, m.begin); i >= 0 && (at < 0 || i < at) && strings.Contains(s[i+len(m.begin):], m.end) {
				at, mark = i, m
			}
		}
		if at < 0 {
			break
		}
		word, rest, _ := strings.Cut(s[at+len(mark.begin):], mark.end)
		b.WriteString(inner(s[:at]) + mark.font + inner(word) + `\fR`)
		s = rest
	}
	b.WriteString(inner(s))
	out := b.String()
	if strings.HasPrefix(out, ".") {
		out = `\&` + out
	}
	return out
}

func inner(s string) string { return strings.TrimPrefix(escape(s), `\&`) }
