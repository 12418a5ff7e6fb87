//go:build linux

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// playCompaction measures the latency of a channel while others talk, three times: while
// there is room for what they say, while the oldest has to go for it, and while the file is
// written anew all the time, too.
func playCompaction(b *bench) error {
	if b.srv.pid == 0 {
		return errors.New("only a server that is started here can be measured")
	}
	a := newArchive(b, min(b.size.channels, 200))
	if err := a.open(); err != nil {
		return err
	}
	// Half of what there is room for, which is about 150 bytes each.
	room := evicting.HistoryMiB << 20 / 150
	if err := a.fill(room / 2); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	r, err := newRoom(b, b.size.crowd, 1, nil)
	if err != nil {
		return err
	}
	p := newPace(r, b.size.rate/b.size.crowd)
	a.chatter(p)
	var roomy, evicting, compacting turnSamples
	for range turns {
		if err := a.talk(p, &roomy); err != nil {
			return err
		}
	}
	p.during = nil
	if err := a.fill(room); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	a.chatter(p)
	k := newCompactor(b)
	for range turns { // because the machine is not the same all the time
		if err := a.talk(p, &evicting); err != nil {
			return err
		}
		k.on.Store(true)
		if err := a.talk(p, &compacting); err != nil {
			return err
		}
		k.on.Store(false)
	}
	done, failed := k.stop()
	if failed != nil {
		return fmt.Errorf("compact: %w", failed)
	}
	b.record("there is room", roomy.metrics())
	b.record("evicting", evicting.metrics())
	m := compacting.metrics()
	m["compactions"] = float64(done)
	b.record("evicting and compacting", m)
	return nil
}

const turns = 12

// TurnSamples are samples taken one after the other. What else the machine does is in some of
// them: the median of their figures tells more than a figure of all, and the best one how it
// is when nothing else happens.
type turnSamples []sample

func (s turnSamples) metrics() metrics {
	m := metrics{}
	s.into(m, "")
	return m
}

// into records them under a prefix.
func (s turnSamples) into(m metrics, prefix string) {
	var p50, p99 sample
	for _, x := range s {
		p50, p99 = append(p50, x.quantile(0.50)), append(p99, x.quantile(0.99))
	}
	m[prefix+"p50_ms"], m[prefix+"p99_ms"] = ms(p50.quantile(0.5)), ms(p99.quantile(0.5))
	m[prefix+"p50_best_ms"], m[prefix+"p99_best_ms"] = ms(p50.quantile(0)), ms(p99.quantile(0))
}

// chatter lets the writers of the archive talk while the room does.
func (a *archive) chatter(p *pace) {
	const every = 20 * time.Millisecond
	next, i := time.Now(), 0
	p.during = func(now time.Time) {
		for ; now.After(next); next = next.Add(every) {
			if w := i % len(a.writers); len(a.writers[w].pending) == 0 {
				a.batch(w)
			}
			i++
		}
	}
}

// talk lets the room talk for a while, and adds the delays.
func (a *archive) talk(p *pace, to *turnSamples) error {
	_, err := p.talk(a.b.size.span / 4)
	*to = append(*to, p.delays)
	return err
}

// A compactor asks the server, over its control socket, to write its history anew, again and
// again while it is on.
type compactor struct {
	on     atomic.Bool
	quit   chan struct{}
	result chan error
	done   int
}

func newCompactor(b *bench) *compactor {
	k := &compactor{quit: make(chan struct{}), result: make(chan error, 1)}
	path := filepath.Join(b.srv.dir, "data", "control.sock")
	go func() { k.result <- k.run(path) }()
	return k
}

func (k *compactor) run(path string) error {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		select {
		case <-k.quit:
			return nil
		case <-time.After(5 * time.Millisecond):
		}
		if !k.on.Load() {
			continue
		}
		if _, err := conn.Write([]byte(`{"command":"compact"}` + "\n")); err != nil {
			return err
		}
		line, err := in.ReadBytes('\n')
		if err != nil {
			return err
		}
		var reply struct{ Error string }
		if err := json.Unmarshal(line, &reply); err != nil || reply.Error != "" {
			return fmt.Errorf("the server says %s", strings.TrimSpace(string(line)))
		}
		k.done++
	}
}

func (k *compactor) stop() (done int, err error) {
	close(k.quit)
	err = <-k.result
	return k.done, err
}
