package player

import (
	"errors"
	"fmt"
	"strings"
)

// expect compares what clients have heard with what is wanted: one message, or
// with "*" any number of such, or with "..." one after anything else.
func (p *player) expect(names, how, text string) error {
	if strings.Contains(names, "@") {
		return p.expectMail(names, how, text)
	}
	want, err := parse(text)
	if err != nil {
		return err
	}
	hearers, err := p.hearers(names)
	if err != nil {
		return err
	}
	for _, c := range hearers {
		switch how {
		case "":
			err = p.one(c, want)
		case "*":
			err = p.many(c, want)
		case "...":
			err = p.after(c, want)
		default:
			err = fmt.Errorf("%q is not understood", "<"+how)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *player) hearers(names string) (all []*client, err error) {
	if names == "*" {
		for _, c := range p.clients {
			if _, ok := c.peek(); ok {
				all = append(all, c)
			}
		}
		if len(all) == 0 {
			err = errors.New("nobody heard anything")
		}
		return all, err
	}
	for name := range strings.SplitSeq(names, ",") {
		c, err := p.client(name)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (p *player) one(c *client, want message) error {
	m, ok := c.next()
	switch {
	case !ok:
		return fmt.Errorf("%s heard nothing; wanted\n\t%s", c.name, show(want.raw))
	case !p.bound.match(want, m):
		return fmt.Errorf("%s heard\n\t%s\nwanted\n\t%s%s", c.name, show(m.raw), show(want.raw), c.rest())
	}
	return nil
}

// rest returns what else c has heard, to be shown with an error.
func (c *client) rest() string {
	var b strings.Builder
	for i, m := range c.take() {
		if i == 0 {
			b.WriteString("\nand then it heard")
		}
		b.WriteString("\n\t" + show(m.raw))
	}
	return b.String()
}

func (p *player) many(c *client, want message) error {
	for {
		if m, ok := c.peek(); !ok || !p.bound.match(want, m) {
			return nil
		}
		c.next()
	}
}

func (p *player) after(c *client, want message) error {
	skipped := ""
	for {
		m, ok := c.next()
		switch {
		case !ok:
			return fmt.Errorf("%s heard no\n\t%s\nbut%s", c.name, show(want.raw), skipped)
		case p.bound.match(want, m):
			return nil
		}
		skipped += "\n\t" + show(m.raw)
	}
}
