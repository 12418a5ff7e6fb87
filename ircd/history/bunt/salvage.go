package bunt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"time"
)

// Damage is what was wrong with a file, and what became of it.
type Damage struct {
	Path     string   // of the history
	Kept     string   // where the file is now as it was found, or "" if it is still in use
	Problems []string // each a clause
	Records  int      // how many could be read
}

// String returns the report to show to an operator.
func (d *Damage) String() string {
	s := fmt.Sprintf("the history %s was damaged: %s.", d.Path, strings.Join(d.Problems, "; "))
	if d.Kept != "" {
		s += fmt.Sprintf(" %d records could be read. The file as it was is kept as %s.", d.Records, d.Kept)
	}
	return s
}

// A report is a Damage in the making.
type report struct {
	Damage
	scan
	length int64  // of the file
	synced int64  // how much of it was known to be on disk
	last   header // the newest header in the file
}

func (r *report) note(format string, args ...any) {
	const most = 20
	if len(r.Problems) < most {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// salvage looks at a file whose end does not read. If that is only a commit that
// was interrupted, nothing is damaged, and it returns nil. Otherwise it returns the records
// that read.
func (r *report) salvage() (live map[string]string, err error) {
	data, err := os.ReadFile(r.Path)
	if err != nil {
		return nil, err
	}
	if r.whole >= r.synced && r.whole > 0 && resync(data, int(r.at)+1) < 0 {
		return nil, nil
	}
	if r.length < r.synced {
		r.note("the file ends after %d bytes, though %d had been written", r.length, r.synced)
	}
	live = r.collect(data)
	if len(live) == 0 && r.last.UUID == "" {
		return nil, fmt.Errorf("%w: %s holds no record; restore it from a backup, or move it and "+
			"its manifest away to begin with an empty history", ErrUnreadable, r.Path)
	}
	r.Records = len(live)
	return live, nil
}

// repair keeps the file aside, and makes one of the records that read.
func (d *disk) repair(r *report, m manifest, live map[string]string) error {
	if d.header = r.last; d.header.UUID == "" {
		d.header = header{UUID: m.UUID}
	}
	if d.header.UUID == "" {
		d.header = newHeader()
	}
	d.header.Generation = max(d.header.Generation, m.Generation) + 1
	r.Kept = keptName(d.path, time.Now())
	if err := keep(d.path, r.Kept); err != nil {
		return fmt.Errorf("keep the damaged file aside: %w", err)
	}
	return d.install(func(yield func(key, record string) bool) error {
		maps.All(live)(yield)
		return nil
	})
}

// Examine says what is wrong with the file at path, if it is to be repaired, and changes
// nothing. Nobody may have it open.
func Examine(path string) (d *Damage, err error) {
	m, err := readManifest(path + ".manifest")
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && m.UUID == "" {
		return nil, nil // there is no history yet
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r, live, err := examine(f, m, fi.Size(), func(done, total int64) {})
	if live == nil && len(r.Problems) == 0 {
		return nil, err
	}
	return &r.Damage, err
}

// resync returns the offset of the first command from off on that reads, or -1.
func resync(data []byte, off int) int {
	for off < len(data) {
		i := bytes.IndexByte(data[off:], '*')
		if i < 0 {
			return -1
		}
		off += i
		if _, err := readAt(data, off); err == nil {
			return off
		}
		off++
	}
	return -1
}

// readAt reads the command at an offset, and checks it.
func readAt(data []byte, off int) (command, error) {
	c, err := parseCommand(data[off:])
	if err != nil {
		return c, err
	}
	return c, verify(&c)
}

// collect returns the records of all there is to read.
func (r *report) collect(data []byte) map[string]string {
	live := map[string]string{}
	var run []command // without a gap
	aligned := true
	for off := 0; off < len(data); {
		c, err := readAt(data, off)
		if err == nil {
			off += c.size
			if !c.isHeader(&r.last) {
				run = append(run, c)
			}
			continue
		}
		apply(live, run, aligned)
		run, aligned = run[:0], false
		next := resync(data, off)
		if next < 0 {
			next = len(data)
		}
		r.note("%d bytes at offset %d do not read", next-off, off)
		off = next
	}
	apply(live, run, aligned)
	delete(live, commitKey)
	if r.last.UUID == "" {
		r.note("the header is missing")
	}
	return live
}

// apply makes the changes of commands that follow each other. Of a commit that is not
// whole, deletions do not count: what was to take the place of the deleted may be missing.
func apply(live map[string]string, run []command, aligned bool) {
	start := 0
	if !aligned {
		start = align(run)
	}
	whole := start // the end of the last whole commit
	for whole < len(run) {
		n := commitLen(run[whole:])
		if n <= 0 {
			break
		}
		whole += n
	}
	for i, c := range run {
		switch {
		case !c.del:
			live[string(c.key)] = string(c.value)
		case i >= start && i < whole:
			delete(live, string(c.key))
		}
	}
}

// align returns where the first commit begins, if a run may begin in the middle of one:
// where from there on, as many commands belong together as the marks say.
func align(run []command) int {
	marks := 0
	for k := range run {
		if marks > 1 {
			break
		}
		if consistent(run[k:]) {
			return k
		}
		if string(run[k].key) == commitKey {
			marks++
		}
	}
	return len(run)
}

func consistent(run []command) bool {
	for len(run) > 0 {
		n := commitLen(run)
		if n == 0 {
			return true // the end is missing
		}
		if n < 0 {
			return false
		}
		run = run[n:]
	}
	return true
}

// commitLen returns how many commands the commit has that begins a run: 0 if it is not whole,
// and less if it cannot begin there.
func commitLen(run []command) int {
	var commit tally
	for i := range run {
		whole, ok := commit.add(&run[i])
		switch {
		case !ok:
			return -1
		case whole:
			return i + 1
		}
	}
	return 0
}
