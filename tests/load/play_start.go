//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// playStart starts a server again and again that nobody uses.
func playStart(b *bench) error {
	const times = 10
	var starts, stops sample
	for range times {
		stopped, welcome, err := b.startAgain()
		if err != nil {
			return err
		}
		starts, stops = append(starts, welcome), append(stops, stopped)
	}
	m := metrics{}
	starts.into(m, "first_001_")
	stops.into(m, "stop_")
	b.record("empty", m)
	return nil
}

// playStartFull starts one that has much to remember. The first start after a server has
// been filled reads a file to which all was appended, the second one what was compacted.
func playStartFull(b *bench) error {
	a := newArchive(b, b.size.channels)
	if err := a.open(); err != nil {
		return err
	}
	if err := a.fill(b.size.messages); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	if err := b.populate(b.size.accounts); err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	for range 2 {
		stopped, welcome, err := b.startAgain()
		if err != nil {
			return err
		}
		cpu, err := processCPU(b.srv.pid)
		if err != nil {
			return err
		}
		mem, err := processMemory(b.srv.pid)
		if err != nil {
			return err
		}
		b.record(fmt.Sprintf("%d accounts, %d messages", b.size.accounts, b.size.messages), metrics{
			"stop_ms": ms(stopped), "first_001_ms": ms(welcome), "start_cpu_s": cpu.Seconds(), "rss_mb": mb(mem.rss),
		})
	}
	return nil
}

// populate gives the server accounts: one registers, and its records are imported again
// and again, each time under another name.
func (b *bench) populate(n int) error {
	names, err := b.accounts(1)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("the server has no accounts")
	}
	program, config := b.srv.cmd.Path, "--config="+filepath.Join(b.srv.dir, "parley.toml")
	export, err := exec.Command(program, "export", config, "--only=records", "-").Output()
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	file := filepath.Join(b.srv.dir, "accounts.jsonl")
	if err := os.WriteFile(file, multiply(export, names[0], n), 0o600); err != nil {
		return err
	}
	_, _, err = b.again(func() error {
		if out, err := exec.Command(program, "import", config, file).CombinedOutput(); err != nil {
			return fmt.Errorf("import: %w: %s", err, out)
		}
		return os.Remove(file)
	})
	return err
}

// multiply returns an export that has the records of an account n times, and nothing else.
func multiply(export []byte, name string, n int) []byte {
	var out bytes.Buffer
	records := 0
	for line := range bytes.Lines(export) {
		switch {
		case bytes.HasPrefix(line, []byte(`{"kind":"parley"`)):
			out.Write(line)
		case bytes.Contains(line, []byte(strconv.Quote(name))):
			for i := range n {
				text := bytes.ReplaceAll(line, []byte(strconv.Quote(name)), fmt.Appendf(nil, `"account%d"`, i))
				out.Write(anotherID(text, i))
				records++
			}
		}
	}
	fmt.Fprintf(&out, `{"kind":"end","records":%d,"events":0}`+"\n", records)
	return out.Bytes()
}

// anotherID replaces the first letters of the ID in a record, if it has one.
func anotherID(line []byte, i int) []byte {
	const field = `"id":"`
	at := bytes.Index(line, []byte(field))
	if at < 0 {
		return line
	}
	digits := []byte("AAAAAAAA")
	for d := len(digits) - 1; i > 0; d, i = d-1, i/26 {
		digits[d] = 'A' + byte(i%26)
	}
	copy(line[at+len(field):], digits)
	return line
}

// startAgain stops the server and starts it; how long the first client waits for 001 then
// includes the start of the process.
func (b *bench) startAgain() (stopped, welcome time.Duration, err error) {
	stopped, started, err := b.again(nil)
	if err != nil {
		return 0, 0, err
	}
	begun := time.Now()
	if _, err := b.gather(1, 1, nil); err != nil {
		return 0, 0, err
	}
	return stopped, started + time.Since(begun), nil
}
