package history

import (
	"encoding/binary"
	"math/bits"
)

// A signature tells which words, authors and msgids are not in a block, so that
// a search need not look. It is a Bloom filter with two bits for each feature:
// each three bytes of the folded texts, each author, msgid and parent of a
// reply, whether there are links, and what was redacted. It is part of the block, so that its memory
// is bounded by what the history may have. What is stored depends on every hash here: a
// change needs a new version of the block.
type signature string

// has reports whether a feature may be there.
func (s signature) has(f feature) bool {
	if len(s) == 0 {
		return true
	}
	mask := uint32(len(s)*8 - 1)
	a, b := f.bits()
	return s[a&mask/8]&(1<<(a&7)) != 0 && s[b&mask/8]&(1<<(b&7)) != 0
}

// A feature is the hash of something that can be searched for.
type feature uint64

func (f feature) bits() (a, b uint32) { return uint32(f), uint32(f >> 32) }

// What a feature is of.
const (
	ofName   = 'n'
	ofID     = 'i'
	ofParent = 'p'
	ofLink   = 'l'
	ofGone   = 'g'
)

// again returns another hash of the same. What is searched for by itself has both, or it
// would be found too often where it is not; a word has many features anyway.
func (f feature) again() feature { return mix(uint64(f) + 0x9e3779b97f4a7c15) }

// has2 reports whether a feature that was added twice may be there.
func (s signature) has2(f feature) bool { return s.has(f) && s.has(f.again()) }

// featureOf hashes a string. It is stored: it must stay as it is.
func featureOf[S string | []byte](kind byte, s S) feature {
	const offset, prime = 14695981039346656037, 1099511628211
	h := (uint64(offset) ^ uint64(kind)) * prime
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return mix(h)
}

func mix(h uint64) feature {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return feature(h)
}

// three hashes three bytes of a text.
func three(a, b, c byte) feature {
	return featureOfThree(uint64(a)<<16 | uint64(b)<<8 | uint64(c))
}

func featureOfThree(v uint64) feature { return mix((v + 1) * 0x9e3779b97f4a7c15) }

// A sketch is a signature in the making. It begins with more bits than needed
// and is folded: the lower half of a Bloom filter or'ed with the upper is that
// of half the size.
type sketch struct {
	bits [sketchSize]byte
	buf  []byte
	// known are three bytes, plus 1, that have been added: some of them. In what
	// people say the same come again and again.
	known [knownSize]uint32
}

const (
	sketchSize = 1 << 14
	leastSize  = 1 << 4
	knownBits  = 11
	knownSize  = 1 << knownBits
	// fullest is how many of 100 bits may be set, so that a feature that is
	// not there is taken to be so about once in ten times; a word has several.
	fullest = 33
)

func (s *sketch) add(f feature) {
	a, b := f.bits()
	const mask = sketchSize*8 - 1
	s.bits[a&mask/8] |= 1 << (a & 7)
	s.bits[b&mask/8] |= 1 << (b & 7)
}

func (s *sketch) add2(f feature) {
	s.add(f)
	s.add(f.again())
}

// addEntry adds all the features of an entry.
func (s *sketch) addEntry(e *entry) {
	s.buf = e.stamp.AppendID(s.buf[:0])
	s.add2(featureOf(ofID, s.buf))
	for field, v, rest, ok := nextField(e.fields); ok; field, v, rest, ok = nextField(rest) {
		switch field {
		case fieldSource:
			s.addName(nick(v))
		case fieldAccount:
			s.addName(v)
		}
	}
	if e.kind == Events {
		if id := e.field(fieldGone); id != "" {
			s.add2(featureOf(ofGone, id))
		}
		return
	}
	e.parents(func(id string) { s.add2(featureOf(ofParent, id)) })
	s.buf = e.text(s.buf)
	s.addText(s.buf)
	if isLink(s.buf) {
		s.add2(featureOf(ofLink, ""))
	}
}

func (s *sketch) addName(name string) {
	s.buf = appendFoldedName(s.buf[:0], name)
	s.add2(featureOf(ofName, s.buf))
}

// addText adds each three bytes of a folded text.
func (s *sketch) addText(text []byte) {
	if len(text) < 3 {
		return
	}
	v := uint32(text[0])<<8 | uint32(text[1])
	for _, c := range text[2:] {
		v = (v<<8 | uint32(c)) & 0xffffff
		if known := &s.known[v*0x9e3779b1>>(32-knownBits)]; *known != v+1 {
			*known = v + 1
			s.add(featureOfThree(uint64(v)))
		}
	}
}

// signature returns the smallest signature that is not too full. It spoils s.
func (s *sketch) signature() signature {
	b := s.bits[:]
	for len(b) > leastSize {
		low, high := b[:len(b)/2], b[len(b)/2:]
		n := 0
		for i := 0; i < len(low); i += 8 {
			n += bits.OnesCount64(word(low[i:]) | word(high[i:]))
		}
		if n*100 > len(low)*8*fullest {
			break
		}
		for i := 0; i < len(low); i += 8 {
			binary.LittleEndian.PutUint64(low[i:], word(low[i:])|word(high[i:]))
		}
		b = low
	}
	return signature(b)
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

func (s *sketch) reset() { s.bits, s.known = [sketchSize]byte{}, [knownSize]uint32{} }
