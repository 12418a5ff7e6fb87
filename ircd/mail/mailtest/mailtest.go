// Package mailtest is where mail goes in tests: a box that can be looked into.
package mailtest

import (
	"bytes"
	"context"
	"io"
	"mime/quotedprintable"
	"strings"
	"sync"

	"github.com/wneessen/go-mail"
)

// A Letter is what a person finds in the box.
type Letter struct {
	To, Subject string
	Lines       []string // of the text, without those that are empty
}

// A Box is a mail.Transport.
type Box struct {
	mu      sync.Mutex
	letters []Letter
	err     error
}

// Fail makes deliveries fail until it is called with nil.
func (b *Box) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

// Deliver implements mail.Transport.
func (b *Box) Deliver(_ context.Context, m *mail.Msg) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	to, err := m.GetRecipients()
	if err != nil {
		return err
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return err
	}
	_, body, _ := bytes.Cut(raw.Bytes(), []byte("\r\n\r\n"))
	text, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
	if err != nil {
		return err
	}
	l := Letter{To: strings.Trim(strings.Join(to, ","), "<>"), Subject: m.GetGenHeader(mail.HeaderSubject)[0]}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			l.Lines = append(l.Lines, line)
		}
	}
	b.letters = append(b.letters, l)
	return nil
}

// Take removes and returns the oldest letter to an address; "" is any.
func (b *Box) Take(to string) (l Letter, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, l := range b.letters {
		if to == "" || l.To == to {
			b.letters = append(b.letters[:i:i], b.letters[i+1:]...)
			return l, true
		}
	}
	return Letter{}, false
}

// Len returns how many letters are in the box.
func (b *Box) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.letters)
}
