package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"

	"github.com/klauspost/compress/s2"

	"github.com/parley-irc/parley/ircd/event"
)

// A block is many entries in one record:
//
//	version, 2; then as uvarint: number of entries, number of texts among them
//	the stamps of the first and the last: ticks, 8 bytes; length of server; server
//	length of the signature as uvarint; signature
//	how the rest is encoded: 0 as it is, 1 by S2
//	the entries, each after its length as uvarint
//
// What can be known without decompressing is in the fields, which have one pointer: there are
// many blocks, and the garbage collector follows each one.
type block struct {
	record      string // "" is a block without entries
	count       int32
	texts       int32
	firstTicks  uint64
	lastTicks   uint64
	firstServer extent
	lastServer  extent
	signed      extent // the signature
	data        uint32
	coded       bool
}

// An extent is a part of a record.
type extent struct{ from, to uint32 }

func (b *block) part(p extent) string { return b.record[p.from:p.to] }

// first returns the stamp of the first entry.
func (b *block) first() event.Stamp {
	return event.Stamp{Ticks: b.firstTicks, Server: b.part(b.firstServer)}
}

// last returns the stamp of the last entry.
func (b *block) last() event.Stamp {
	return event.Stamp{Ticks: b.lastTicks, Server: b.part(b.lastServer)}
}

func (b *block) signature() signature { return signature(b.part(b.signed)) }

const (
	blockVersion = 2
	// maxBlock bounds what a block claims to be when decompressed.
	maxBlock = 64 << 20
)

var errBlock = errors.New("a block of the history does not read")

// A press makes blocks. One is large, and so is kept for the next block.
type press struct {
	sketch sketch
	raw    []byte
	packed []byte
	record []byte
}

var presses = sync.Pool{New: func() any { return &press{sketch: sketch{seed: rand.Uint64()}} }}

// newBlock makes a block of entries, which must be in order and not be empty.
func newBlock(key string, entries []entry) block {
	p := presses.Get().(*press)
	defer presses.Put(p)
	p.sketch.reset()
	p.raw = p.raw[:0]
	texts := 0
	for i := range entries {
		e := &entries[i]
		p.sketch.addEntry(e)
		if e.kind == Texts {
			texts++
		}
		p.raw = binary.AppendUvarint(p.raw, uint64(len(e.payload)))
		p.raw = append(p.raw, e.payload...)
	}
	b := append(begin(p.record[:0]), blockVersion)
	b = binary.AppendUvarint(b, uint64(len(entries)))
	b = binary.AppendUvarint(b, uint64(texts))
	b = appendStamp(b, entries[0].stamp)
	b = appendStamp(b, entries[len(entries)-1].stamp)
	sig := p.sketch.signature(len(p.raw) / 4) // of noise it would be longer than the text
	b = binary.AppendUvarint(b, uint64(len(sig)))
	b = append(b, sig...)
	if n := s2.MaxEncodedLen(len(p.raw)); cap(p.packed) < n {
		p.packed = make([]byte, n)
	}
	if packed := s2.Encode(p.packed[:cap(p.packed)], p.raw); len(packed) < len(p.raw) {
		b = append(append(b, 1), packed...)
	} else {
		b = append(append(b, 0), p.raw...)
	}
	p.record = b
	made, err := parseBlock(finish(key, b))
	if err != nil {
		panic(fmt.Sprintf("history: a block just made: %v", err)) // a bug
	}
	return made
}

func appendStamp(b []byte, s event.Stamp) []byte {
	b = binary.BigEndian.AppendUint64(b, s.Ticks)
	return append(append(b, byte(len(s.Server))), s.Server...)
}

// parseBlock reads what is in front of the entries.
func parseBlock(record string) (block, error) {
	c := cutter{Payload(record)}
	b := block{record: record}
	version := c.bytes(1)
	if version == "" || version[0] > blockVersion {
		return b, fmt.Errorf("%w: a block of version %q", ErrNewer, version)
	}
	b.count, b.texts = int32(c.uvarint()), int32(c.uvarint())
	// Each of these strings ends where the reader is.
	end := func(part string) extent {
		at := uint32(len(record) - len(c.rest))
		return extent{at - uint32(len(part)), at}
	}
	first := c.stamp()
	b.firstTicks, b.firstServer = first.Ticks, end(first.Server)
	last := c.stamp()
	b.lastTicks, b.lastServer = last.Ticks, end(last.Server)
	b.signed = end(c.bytes(c.uvarint()))
	if version[0] < blockVersion {
		b.signed.from = b.signed.to // it has other features
	}
	size := b.signed.to - b.signed.from
	coded := c.bytes(1)
	b.coded, b.data = coded == "\x01", uint32(len(record)-len(c.rest))
	if coded == "" || coded > "\x01" || b.count < 1 || size&(size-1) != 0 {
		return b, errBlock
	}
	return b, nil
}

// A cutter reads from a string; at the end, it returns nothing.
type cutter struct{ rest string }

func (c *cutter) bytes(n uint64) string {
	if n > uint64(len(c.rest)) {
		c.rest = ""
		return ""
	}
	v := c.rest[:n]
	c.rest = c.rest[n:]
	return v
}

func (c *cutter) uvarint() uint64 {
	n, size := uvarint(c.rest)
	c.rest = c.rest[size:]
	return n
}

func (c *cutter) stamp() event.Stamp {
	t := c.bytes(8)
	if t == "" {
		return event.Stamp{}
	}
	size := c.bytes(1)
	if size == "" {
		return event.Stamp{}
	}
	return event.Stamp{Ticks: ticks(t), Server: c.bytes(uint64(size[0]))}
}

// entries returns the entries of a block, which share one string.
func (b *block) entries() ([]entry, error) {
	if b.count == 0 {
		return nil, nil
	}
	raw := b.record[b.data:]
	if b.coded {
		n, err := s2.DecodedLen([]byte(raw[:min(len(raw), binary.MaxVarintLen64)]))
		if err != nil || n > maxBlock {
			return nil, errBlock
		}
		data, err := s2.Decode(nil, []byte(raw))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errBlock, err)
		}
		raw = string(data)
	}
	c := cutter{raw}
	list := make([]entry, 0, min(int(b.count), len(raw)/10))
	for c.rest != "" {
		e, ok := parseEntry(c.bytes(c.uvarint()))
		if !ok {
			return nil, errBlock
		}
		list = append(list, e)
	}
	return list, nil
}
