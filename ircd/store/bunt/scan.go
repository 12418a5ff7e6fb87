package bunt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// A header is the first record of a file. It says which database this is.
type header struct {
	UUID       string `json:"uuid"`
	Generation uint64 `json:"generation"` // how often the file was written anew
}

// headerKey sorts before all others and is no record's, having no slash.
const headerKey = "!parley"

// readHeader reads the header alone.
func readHeader(data []byte) (h header, ok bool) {
	key, value, _, err := parseSet(data)
	if err != nil || key != headerKey {
		return h, false
	}
	r, err := decode(key, value)
	if err != nil || r.kind != kindHeader {
		return h, false
	}
	return h, json.Unmarshal([]byte(r.payload), &h) == nil
}

// A scan is what can be read of a file.
type scan struct {
	header  header            // zero if it cannot be read
	live    map[string]string // by key, the encoded value; no deleted records
	rev     uint64            // of the last commit
	size    int64             // of the file up to the end of the last whole commit
	length  int64             // of the file
	damage  []string          // what is wrong, for people
	foreign bool              // there is something, but nothing of ours
	err     error             // the file is not damaged, but must not be used
}

// A reader scans the bytes of a file.
type reader struct {
	scan
	data    []byte
	synced  int64 // how many bytes were acknowledged, as far as is known
	records int
	group   []entry // of a commit not yet complete
	start   int     // where the group begins
}

type entry struct {
	key, value string
	record
}

// read scans the bytes of a file of which the first synced were acknowledged.
//
// A commit that is incomplete at the end was interrupted: nobody has been told
// that it happened, so that it did not. Anything else that does not read is
// damage, and is noted.
func read(data []byte, synced int64) scan {
	r := reader{scan: scan{live: map[string]string{}}, data: data, synced: synced}
	off := 0
	for off < len(data) && r.err == nil {
		n, err := r.next(off)
		if err == nil {
			off += n
			continue
		}
		next := r.resync(off + 1)
		if next < 0 {
			break
		}
		r.note("%d bytes at offset %d do not read", next-off, off)
		r.flush(off)
		off = next
	}
	r.finish(off)
	return r.scan
}

// next reads the record at off.
func (r *reader) next(off int) (n int, err error) {
	key, value, n, err := parseSet(r.data[off:])
	if err != nil {
		return 0, err
	}
	rec, err := decode(key, value)
	switch {
	case errors.Is(err, errDamaged):
		return 0, err
	case err != nil:
		r.err = err
		return 0, err
	}
	r.records++
	if len(r.group) > 0 && r.group[0].rev != rec.rev {
		r.note("the commit at offset %d is incomplete", r.start)
		r.flush(off)
	}
	if len(r.group) == 0 {
		r.start = off
	}
	r.group = append(r.group, entry{key, value, rec})
	if len(r.group) == int(rec.count) {
		r.flush(off + n)
	}
	return n, nil
}

// flush applies the records of a commit, which ends at an offset.
func (r *reader) flush(end int) {
	for _, e := range r.group {
		r.rev = max(r.rev, e.rev)
		switch e.kind {
		case kindHeader:
			if err := json.Unmarshal([]byte(e.payload), &r.header); err != nil {
				r.note("the header does not read: %v", err)
			}
		case kindDeleted:
			delete(r.live, e.key)
		case kindValue:
			r.live[e.key] = e.value
		}
	}
	r.group = r.group[:0]
	r.size = int64(end)
}

// resync returns the offset of the next intact record from off on, or -1.
func (r *reader) resync(off int) int {
	for off < len(r.data) {
		i := bytes.Index(r.data[off:], setCommand)
		if i < 0 {
			return -1
		}
		off += i
		if key, value, _, err := parseSet(r.data[off:]); err == nil {
			if _, err := decode(key, value); err == nil {
				return off
			}
		}
		off++
	}
	return -1
}

// finish judges the end of the file, which reads up to off.
func (r *reader) finish(off int) {
	end := int64(off)
	if len(r.group) > 0 {
		end = int64(r.start)
	}
	switch {
	case int64(len(r.data)) < r.synced:
		r.note("the file ends after %d bytes, though %d had been written", len(r.data), r.synced)
	case end < r.synced:
		r.note("%d bytes at offset %d do not read", r.synced-end, end)
	}
	if len(r.group) > 0 && end < r.synced {
		r.flush(off) // acknowledged: better a part of it than nothing
	}
	if r.header.UUID == "" && r.err == nil {
		r.note("the header is missing")
	}
	r.foreign = r.records == 0
}

// compact returns about how long a file with only the live records is.
func (s *scan) compact() (size int64) {
	const around = 40
	for key, value := range s.live {
		size += int64(len(key) + len(value) + around)
	}
	return size
}

func (r *reader) note(format string, args ...any) {
	const most = 20
	if len(r.damage) < most {
		r.damage = append(r.damage, fmt.Sprintf(format, args...))
	}
}
