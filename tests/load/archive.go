//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"time"
)

// An archive is a history that is filled through the front door: clients in channels where
// nobody else is say what is as varied as what people say, in turn in each of theirs.
type archive struct {
	b       *bench
	names   []string
	writers []*client
	said    []int // batches, by writer
	heard   []int // those that the server is done with
	rng     *rand.Rand
	zipf    *rand.Zipf
	words   []string
	from    time.Time // when it was filled
	to      time.Time
}

const (
	archiveWriters = 20
	batchLines     = 100
)

func newArchive(b *bench, channels int) *archive {
	a := &archive{b: b, rng: rand.New(rand.NewPCG(1, 2))}
	for i := range channels {
		a.names = append(a.names, fmt.Sprintf("#archive%d", i))
	}
	const letters = "etaoinshrdlucmfwypvbgkqjxz"
	for range 20_000 {
		w := make([]byte, 1+a.rng.IntN(5)+a.rng.IntN(6))
		for i := range w {
			w[i] = letters[min(a.rng.IntN(26), a.rng.IntN(26))]
		}
		a.words = append(a.words, string(w))
	}
	a.zipf = rand.NewZipf(a.rng, 1.1, 4, uint64(len(a.words)-1))
	return a
}

// open connects the writers, each to its share of the channels.
func (a *archive) open() (err error) {
	n := min(archiveWriters, len(a.names))
	if a.writers, err = a.b.gather(n, n, nil); err != nil {
		return err
	}
	a.said, a.heard = make([]int, n), make([]int, n)
	return a.enter(a.writers, func(i int) []string { return a.share(i) })
}

// share returns the channels of a writer.
func (a *archive) share(writer int) (names []string) {
	for i := writer; i < len(a.names); i += len(a.writers) {
		names = append(names, a.names[i])
	}
	return names
}

// enter lets clients join many channels, so many at a time as fit on a line.
func (a *archive) enter(cs []*client, names func(i int) []string) error {
	for i, c := range cs {
		all := names(i)
		want := c.heard.names + len(all)
		for from := 0; from < len(all); from += 20 {
			line := "JOIN "
			for j, name := range all[from:min(from+20, len(all))] {
				if j > 0 {
					line += ","
				}
				line += name
			}
			c.line(line)
		}
		if err := a.b.until([]*client{c}, func(_ int, c *client) bool { return c.heard.names >= want }); err != nil {
			return fmt.Errorf("join: %w", err)
		}
	}
	return a.b.settle(cs)
}

// text appends words until a message has lineSize bytes.
func (a *archive) line(b []byte, channel string) []byte {
	from := len(b)
	b = append(append(append(b, "PRIVMSG "...), channel...), " :"...)
	for len(b)-from < lineSize-2 {
		b = append(append(b, a.words[a.zipf.Uint64()]...), ' ')
	}
	return append(b[:from+lineSize-2], "\r\n"...)
}

// word returns a word that was said, and is not among the most frequent.
func (a *archive) word() string {
	for {
		if w := a.words[a.zipf.Uint64()]; len(w) > 3 {
			return w
		}
	}
}

// fill says so many messages, as fast as the server takes them.
func (a *archive) fill(messages int) error {
	each := messages / len(a.writers) / batchLines
	if each == 0 {
		return errors.New("too few messages")
	}
	a.from = time.Now()
	goal := make([]int, len(a.writers))
	for i := range a.writers {
		goal[i] = a.said[i] + each
	}
	err := a.b.loop.run(fillPatience, func() bool {
		done := true
		for i, c := range a.writers {
			a.heard[i] = c.heard.pong
			for a.said[i] < goal[i] && a.said[i]-a.heard[i] < 3 {
				a.batch(i)
			}
			done = done && a.heard[i] >= goal[i]
		}
		return done
	})
	a.to = time.Now()
	return err
}

// fillPatience is how long filling may take.
const fillPatience = 30 * time.Minute

// batch sends a batch of a writer, and a PING, whose answer says that it is done.
func (a *archive) batch(i int) {
	names := a.share(i)
	var b []byte
	for j := range batchLines {
		b = a.line(b, names[(a.said[i]*batchLines+j)%len(names)])
	}
	a.said[i]++
	a.writers[i].send(append(b, "PING batch\r\n"...))
}

// disk returns how much the files in the server's folder have.
func (b *bench) disk() (bytes int64, err error) {
	err = filepath.WalkDir(b.srv.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		fi, err := d.Info()
		if err == nil {
			bytes += fi.Size()
		}
		return err
	})
	return bytes, err
}

// A reader is a client that asks for history, and counts what it gets.
type reader struct {
	c       *client
	sent    int
	batches int // that have ended
	lines   int // of messages
	failed  error
}

func newReader(c *client) *reader {
	r := &reader{c: c}
	c.take = func(c *client, data []byte) { c.eachLine(data, r.hear) }
	return r
}

func (r *reader) hear(line []byte) {
	verb, rest := split(line)
	switch string(verb) {
	case "BATCH":
		if bytes.HasPrefix(bytes.TrimPrefix(rest, []byte(":")), []byte("-")) {
			r.batches++
		}
	case "PRIVMSG":
		r.lines++
	case "PING":
		r.c.send(append(append([]byte("PONG "), rest...), "\r\n"...))
	case "FAIL", "421", "403", "ERROR":
		r.failed = fmt.Errorf("the server refuses: %s", bytes.TrimSpace(line))
	}
}

func (r *reader) ask(query string) {
	r.sent++
	r.c.line(query)
}
