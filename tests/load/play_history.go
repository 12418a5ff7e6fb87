//go:build linux

package main

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// playHistory fills the history of many channels, starts the server again, and asks for
// parts of it: what it costs in memory and on disk, and how fast it is.
func playHistory(b *bench) error {
	if b.srv.pid == 0 {
		return errors.New("only a server that is started here can be measured")
	}
	empty, err := b.calm(b.size.rest)
	if err != nil {
		return err
	}
	bare, err := b.disk()
	if err != nil {
		return err
	}
	a := newArchive(b, b.size.channels)
	if err := a.open(); err != nil {
		return err
	}
	u, err := b.measured(func() error { return a.fill(b.size.messages) })
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	n := 0
	for _, batches := range a.said {
		n += batches * batchLines
	}
	m := metrics{"per_s": float64(n) / u.wall.Seconds()}
	u.into(m, n, "message")
	b.record("fill", m)
	if err := a.restart(empty, bare, n); err != nil {
		return err
	}
	return a.read()
}

// restart starts the server again, and measures what it has then.
func (a *archive) restart(empty memory, bare int64, n int) error {
	b := a.b
	stopped, started, err := b.again(nil)
	if err != nil {
		return err
	}
	begun := time.Now()
	if _, err := b.gather(1, 1, nil); err != nil {
		return err
	}
	welcome := started + time.Since(begun)
	used, err := processCPU(b.srv.pid)
	if err != nil {
		return err
	}
	full, err := b.calm(b.size.rest)
	if err != nil {
		return err
	}
	disk, err := b.disk()
	if err != nil {
		return err
	}
	b.record("start", metrics{
		"messages": float64(n), "stop_s": stopped.Seconds(), "first_001_s": welcome.Seconds(), "start_cpu_s": used.Seconds(),
		"memory_bytes_each": float64(full.rss-empty.rss) / float64(n),
		"disk_bytes_each":   float64(disk-bare) / float64(n),
	})
	return nil
}

// read asks for history: one query at a time, and as many as the server can do.
func (a *archive) read() error {
	const readers = 4
	b := a.b
	cs, err := b.gather(readers, readers, []string{"batch", "server-time", "message-tags", "draft/chathistory", "draft/search"})
	if err != nil {
		return err
	}
	if err := agree(cs, "draft/chathistory"); err != nil {
		return err
	}
	if err := a.enter(cs, func(int) []string { return a.names }); err != nil {
		return err
	}
	rs := make([]*reader, len(cs))
	for i, c := range cs {
		rs[i] = newReader(c)
	}
	channel := func() string { return a.names[a.rng.IntN(len(a.names))] }
	n := b.size.queries
	if err := a.query("LATEST 100", rs, n, func() string { return "CHATHISTORY LATEST " + channel() + " * 100" }); err != nil {
		return err
	}
	if err := a.query("BEFORE 100", rs, n, func() string {
		at := a.from.Add(time.Duration(a.rng.Int64N(int64(a.to.Sub(a.from)) + 1)))
		return "CHATHISTORY BEFORE " + channel() + " timestamp=" + at.UTC().Format("2006-01-02T15:04:05.000Z") + " 100"
	}); err != nil {
		return err
	}
	if !slices.Contains(cs[0].agreed, "draft/search") {
		return nil
	}
	return a.query("SEARCH a word", rs, n/20, func() string { return "SEARCH limit=50;text=" + a.word() })
}

// query makes n queries, several at a time, after a tenth as many, one after the other.
func (a *archive) query(name string, rs []*reader, n int, query func() string) error {
	var took sample
	for range max(n/10, min(n, 100)) {
		begun := time.Now()
		if err := a.answered(rs[:1], 1, 1, query); err != nil {
			return err
		}
		took = append(took, time.Since(begun))
	}
	m := metrics{}
	took.into(m, "")
	lines := 0
	for _, r := range rs {
		lines -= r.lines
	}
	u, err := a.b.measured(func() error { return a.answered(rs, n/len(rs), 4, query) })
	if err != nil {
		return err
	}
	for _, r := range rs {
		lines += r.lines
	}
	n = n / len(rs) * len(rs)
	m["messages_each"] = float64(lines) / float64(n)
	m["per_s"] = float64(n) / u.wall.Seconds()
	u.into(m, n, "query")
	a.b.record(name, m)
	return nil
}

// answered makes so many queries by each reader, at most ahead of them at a time, and returns
// when all are answered.
func (a *archive) answered(rs []*reader, each, ahead int, query func() string) error {
	goal := make([]int, len(rs))
	for i, r := range rs {
		goal[i] = r.sent + each
	}
	return a.b.loop.run(fillPatience, func() bool {
		done := true
		for i, r := range rs {
			for r.sent < goal[i] && r.sent-r.batches < ahead {
				r.ask(query())
			}
			if r.failed != nil && a.b.loop.lost == nil {
				a.b.loop.lost = r.failed
			}
			done = done && r.batches >= goal[i]
		}
		return done
	})
}
