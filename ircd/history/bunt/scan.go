package bunt

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parley-irc/parley/ircd/history"
)

// Keys of records that are ours and not of the history. They sort before those.
const (
	headerKey = "!parley" // the first command of a file
	commitKey = "!commit" // see mark
)

// A header says which database a file is.
type header struct {
	UUID       string `json:"uuid"`
	Generation uint64 `json:"generation"` // how often the file was written anew
}

func (h header) record() string {
	b, err := json.Marshal(h)
	if err != nil {
		panic(err) // it can always be encoded
	}
	return history.Record(headerKey, b)
}

func parseHeader(value []byte) (h header, ok bool) {
	return h, json.Unmarshal([]byte(history.Payload(string(value))), &h) == nil && h.UUID != ""
}

// A mark is a record that every commit has, somewhere: BuntDB writes the commands of a
// transaction in no order. It says which they are, so that a commit that was interrupted
// is known to be one, and nothing of it is used.
type mark struct {
	count uint32 // commands, with the mark
	sum   uint32 // of the others, whatever their order
}

// add adds a command.
func (m *mark) add(key string, del bool) {
	m.count++
	sum := crc32.Checksum([]byte(key), castagnoli)
	if del {
		sum = ^sum
	}
	m.sum += sum
}

// record returns the record of a mark, to which that itself has not been added.
func (m mark) record() string {
	b := binary.BigEndian.AppendUint32(nil, m.count+1)
	return history.Record(commitKey, binary.BigEndian.AppendUint32(b, m.sum))
}

// parseMark returns a zero mark, which no commit has, if it does not read.
func parseMark(value []byte) mark {
	p := []byte(history.Payload(string(value)))
	if len(p) != 8 {
		return mark{}
	}
	return mark{binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])}
}

// A tally checks a commit while its commands are read.
type tally struct {
	got, want mark
	marked    bool
}

// add adds a command. It reports whether the commit is complete; not ok means that these
// commands are not one commit.
func (t *tally) add(c *command) (whole, ok bool) {
	if string(c.key) == commitKey && !c.del {
		if t.marked {
			return false, false
		}
		t.want, t.marked = parseMark(c.value), true
		t.got.count++
	} else {
		t.got.add(string(c.key), c.del)
	}
	switch {
	case !t.marked || t.got.count < t.want.count:
		return false, true
	case t.got != t.want:
		return false, false
	}
	*t = tally{}
	return true, true
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A scan is what was found by reading a file to its end, or to the first thing that is wrong.
type scan struct {
	header header
	whole  int64 // the end of the last whole commit
	at     int64 // the end of the last command that reads
	err    error // what is wrong there; nil at the end of the file
	// live says where the commands are that count, and size how long they are
	// together. They are known of large files only.
	live map[string]place
	size int64
}

// A place is where a command is in a file; a zero size is that of a deletion.
type place struct{ at, size int64 }

// A version is what a commit makes of a key.
type version struct {
	key string
	place
}

// keep notes what a whole commit has changed.
func (s *scan) keep(commit []version) {
	for _, v := range commit {
		s.size += v.size - s.live[v.key].size
		if v.size == 0 {
			delete(s.live, v.key)
		} else {
			s.live[v.key] = v.place
		}
	}
}

// check reads a file whole, and checks all records. progress is told how far it is. If the
// file is large, it notes which commands count.
func check(f io.Reader, large bool, progress func(done int64)) (scan, error) {
	const step = 4 << 20
	l := newLexer(f)
	var s scan
	var versions []version // of the commit being read
	if large {
		s.live = map[string]place{}
	}
	var told int64
	var commit tally
	for {
		c, err := l.next()
		if err == nil {
			err = verify(&c)
		}
		switch {
		case errors.Is(err, io.EOF):
			return s, nil
		case errors.Is(err, errTorn), errors.Is(err, errCommand), errors.Is(err, errDamaged):
			s.err = fmt.Errorf("%w, at offset %d", err, s.at)
			return s, nil
		case err != nil:
			return s, err
		}
		if s.at == 0 {
			if !c.isHeader(&s.header) {
				s.err = errors.New("the header is missing")
				return s, nil
			}
			s.at = int64(c.size)
			s.whole = s.at
			continue
		}
		whole, ok := commit.add(&c)
		if !ok {
			s.err = fmt.Errorf("%w: a commit is not what it was, at offset %d", errDamaged, s.at)
			return s, nil
		}
		if large {
			v := version{string(c.key), place{s.at, int64(c.size)}}
			if c.del {
				v.place = place{}
			}
			versions = append(versions, v)
		}
		if s.at += int64(c.size); whole {
			s.whole = s.at
			s.keep(versions)
			versions = versions[:0]
		}
		if s.at-told >= step {
			told = s.at
			progress(told)
		}
	}
}

func (c *command) isHeader(h *header) (ok bool) {
	if c.del || string(c.key) != headerKey {
		return false
	}
	*h, ok = parseHeader(c.value)
	return ok
}

var errDamaged = errors.New("a record is damaged")

// verify checks the record of a command.
func verify(c *command) error {
	if c.del {
		return nil
	}
	err := history.Check(string(c.key), c.value)
	if err != nil && !errors.Is(err, history.ErrNewer) {
		return errDamaged
	}
	return err
}
