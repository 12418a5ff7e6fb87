package atheme

import (
	"maps"
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/migrate"
)

// The mode lock is two sets of bits. The low ones are the same everywhere; what the others
// are depends on the IRC server. 0 is a mode that every registered channel has here.
var (
	common = map[int64]byte{0x1: 'i', 0x8: 'm', 0x10: 'n', 0x40: 'p', 0x80: 's', 0x100: 't', 0x1000: 'c'}

	charybdis = map[int64]byte{
		0x2000: 'R', 0x4000: 'U', 0x8000: 'g', 0x20000: 0, 0x100000: 'C', 0x400000: 'z', 0x800000: 'O', 0x2000000: 'T',
	}
	solanum  = with(charybdis, map[int64]byte{0x10000000: 'M'})
	inspircd = map[int64]byte{
		0x2000: 'M', 0x4000: 'R', 0x8000: 'O', 0x10000: 'T', 0x40000: 'c', 0x80000: 'K', 0x100000: 'V', 0x200000: 'C',
		0x400000: 'u', 0x800000: 'z', 0x1000000: 'N', 0x8000000: 0, 0x20000000: 'D',
	}
	unreal = with(inspircd, map[int64]byte{0x10000: 'O', 0x10000000: 'T'})

	servers = map[string]map[int64]byte{
		"charybdis": charybdis, "solanum": solanum, "inspircd": inspircd, "unreal4": unreal, "unreal": unreal,
	}
)

// with returns a table with other rows.
func with(table, others map[int64]byte) map[int64]byte {
	all := maps.Clone(table)
	maps.Copy(all, others)
	return all
}

// The bits of modes that have their parameter elsewhere.
const limitAndKey = 0x2 | 0x4

// finishModes reads the mode lock.
func (f *file) finishModes(ch *channel) {
	strange := f.lock(ch, ch.on, false) | f.lock(ch, ch.off, true)
	if strange != 0 {
		f.out.Note("channel", ch.Name, "its mode lock has modes of the old IRC server that are not known here: look at it again (CS SET MLOCK)")
	}
	for _, word := range strings.Fields(ch.data["private:mlockext"]) {
		letter, param := word[0], word[1:]
		switch {
		case (letter == 'f' || letter == 'L') && strings.HasPrefix(param, "#"):
			ch.Lock = append(ch.Lock, migrate.Mode{Letter: 'f', Param: param})
		case letter == 'j' && param != "":
			ch.Lock = append(ch.Lock, migrate.Mode{Letter: 'j', Param: param})
		case param != "":
			f.out.Note("channel", ch.Name, "without the lock of mode %s", word)
		}
	}
}

// lock adds modes to the lock of a channel, and returns the bits that are not known.
func (f *file) lock(ch *channel, bits int64, off bool) (strange int64) {
	bits &^= limitAndKey
	for _, table := range []map[int64]byte{common, servers[f.protocol]} {
		for _, bit := range slices.Sorted(maps.Keys(table)) {
			if bits&bit == 0 {
				continue
			}
			if bits &^= bit; table[bit] != 0 {
				ch.Lock = append(ch.Lock, migrate.Mode{Letter: table[bit], Off: off})
			}
		}
	}
	if off {
		return 0 // what nobody may set, there is not here anyway
	}
	return bits
}
