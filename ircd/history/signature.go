package history

import (
	"encoding/binary"
	"math/bits"

	"github.com/parley-irc/parley/ircd/event"
)

// A signature tells which words, authors and msgids are not in a block, so that
// a search need not look. It is a Bloom filter with two bits for each feature:
// each byte, two and three bytes of the words of the folded texts, each author, msgid and parent
// of a reply, whether there are links, and what was redacted. It is part of the block, so that its
// memory is bounded by what the history may have. What is stored depends on every hash here: a
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

// idOf hashes the msgid of an entry.
func idOf(s event.Stamp) feature { return mix((s.Ticks ^ ofID<<56) * 0x9e3779b97f4a7c15) }

// gram hashes up to three bytes of a word, of which a number tells how many they are.
func gram(v uint32) feature { return mix(uint64(v+1) * 0x9e3779b97f4a7c15) }

const (
	twoBytes = 1 << 24
	oneByte  = 2 << 24
)

// wordFeatures appends the features of a word that is searched for: of which a part of each is
// in each text that has the word.
func wordFeatures(list []feature, w []byte) []feature {
	add := func(kind uint32, part []byte) {
		v := uint32(0)
		for _, c := range part {
			if v = v<<8 | uint32(c); !inWord(c) {
				return
			}
		}
		list = append(list, gram(kind|v))
	}
	switch len(w) {
	case 1:
		add(oneByte, w)
	case 2:
		add(twoBytes, w)
	}
	for i := 2; i < len(w); i++ {
		add(0, w[i-2:i+1])
	}
	return list
}

// inWord reports whether a byte is a part of words: no space, and no formatting.
func inWord(c byte) bool { return c > ' ' }

// A sketch is a signature in the making.
type sketch struct {
	features []feature
	bits     [mostSize]byte
	buf      []byte
	// known are three bytes, plus 1, that have been added: some of them. In what
	// people say the same come again and again. So do their names.
	known [1 << knownBits]uint32
	words [1 << wordBits]uint64
	seed  uint64 // of their hashes: nobody can find words that are taken for others
	names [1 << nameBits]feature
	pairs [1 << 16 / 64]uint64 // two bytes that have been added
	chars [1 << 8 / 64]uint64  // and one
}

const (
	mostSize  = 1 << 14
	leastSize = 1 << 4
	knownBits = 12
	wordBits  = 9
	nameBits  = 6
	// fullest is how often a bit may be set for each 100 there are. A third of them is set then,
	// so that a feature that is not there is taken to be so about once in ten times; a word has
	// several.
	fullest = 40
)

func (s *sketch) add(f feature) { s.features = append(s.features, f) }

func (s *sketch) add2(f feature) { s.features = append(s.features, f, f.again()) }

// addEntry adds all the features of an entry.
func (s *sketch) addEntry(e *entry) {
	s.add2(idOf(e.stamp))
	s.buf = s.buf[:0] // the text
	for field, v, rest, ok := nextField(e.fields); ok; field, v, rest, ok = nextField(rest) {
		switch field {
		case fieldSource:
			s.addName(nick(v))
		case fieldAccount:
			s.addName(v)
		case fieldGone:
			if e.kind == Events {
				s.add2(featureOf(ofGone, v))
			}
		case fieldTag:
			if parent := parentOf(v); parent != "" && e.kind != Events {
				s.add2(featureOf(ofParent, parent))
			}
		case fieldText, fieldLine:
			s.buf = appendText(s.buf, field, v)
		}
	}
	if e.kind == Events {
		return
	}
	s.addText(s.buf)
	if isLink(s.buf) {
		s.add2(featureOf(ofLink, ""))
	}
}

func (s *sketch) addName(name string) {
	var room [64]byte
	f := featureOf(ofName, appendFoldedName(room[:0], name))
	if known := &s.names[f>>(64-nameBits)]; *known != f {
		*known = f
		s.add2(f)
	}
}

// addText adds each byte, two and three bytes of the words of a folded text, which it
// lengthens. Most words have been there before, and are told by eight bytes at a time.
func (s *sketch) addText(text []byte) {
	n := len(text)
	text = append(text, "        "...)
	s.buf = text[:n]
	for i := 0; i < n; {
		h, end := s.wordAt(text, i)
		if known := &s.words[h>>(64-wordBits)]; end > i && *known != h {
			*known = h
			s.addWord(text[i:end])
		}
		i = end + 1
	}
}

// wordAt returns where the word ends that begins at i, and its hash, which no word of up to eight
// bytes shares with another. There must be a byte which is in no word after it, and eight bytes.
func (s *sketch) wordAt(text []byte, i int) (h uint64, end int) {
	h = s.seed
	for ; ; i += 8 {
		x := binary.LittleEndian.Uint64(text[i:])
		spaces := (x - each*(' '+1)) &^ x & notASCII // the first one is certain
		if spaces == 0 {
			h = mixed(h ^ x)
			continue
		}
		n := bits.TrailingZeros64(spaces) / 8
		return mixed(h ^ x&(1<<(8*n)-1)), i + n
	}
}

func mixed(h uint64) uint64 {
	h *= 0x9e3779b97f4a7c15
	return h ^ h>>32
}

func (s *sketch) addWord(word []byte) {
	v := uint32(' ')<<8 | ' '
	for _, c := range word {
		v = (v<<8 | uint32(c)) & 0xffffff
		if known := &s.known[v*0x9e3779b1>>(32-knownBits)]; *known != v+1 {
			*known = v + 1
			s.addLast(v)
		}
	}
}

// addLast adds what ends with the last of three bytes.
func (s *sketch) addLast(v uint32) {
	x, y, z := byte(v>>16), byte(v>>8), byte(v)
	if !inWord(z) {
		return
	}
	if s.chars[z/64]&(1<<(z%64)) == 0 {
		s.chars[z/64] |= 1 << (z % 64)
		s.add(gram(oneByte | uint32(z)))
	}
	if !inWord(y) {
		return
	}
	if two := uint16(v); s.pairs[two/64]&(1<<(two%64)) == 0 {
		s.pairs[two/64] |= 1 << (two % 64)
		s.add(gram(twoBytes | uint32(two)))
	}
	if inWord(x) {
		s.add(gram(v))
	}
}

// signature returns the smallest signature that is not too full, or one of about so many
// bytes at most. It is good until the next.
func (s *sketch) signature(most int) []byte {
	size := leastSize
	for size < min(mostSize, most) && len(s.features)*2*100 > size*8*fullest {
		size *= 2
	}
	b := s.bits[:size]
	clear(b)
	mask := uint32(size*8 - 1)
	for _, f := range s.features {
		x, y := f.bits()
		b[x&mask/8] |= 1 << (x & 7)
		b[y&mask/8] |= 1 << (y & 7)
	}
	return b
}

// reset begins a new one.
func (s *sketch) reset() {
	s.features = s.features[:0]
	clear(s.known[:])
	clear(s.words[:])
	clear(s.names[:])
	clear(s.pairs[:])
	clear(s.chars[:])
}
