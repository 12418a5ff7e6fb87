package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/parley-irc/parley/ircd/event"
)

// A record is a value as a Journal stores it under a key:
//
//	length   4 bytes  of the payload
//	version  1 byte   of this layout, 1
//	CRC-32C  4 bytes  of the key, the above and the payload
//	payload
//
// with numbers big-endian. A Ring keeps its entries and blocks in this form, so
// that a database which holds its values in memory shares them.
const (
	layout  = 1
	headLen = 9
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	errRecord = errors.New("the record is damaged")

	// ErrNewer means that a record was written by a newer version of Parley.
	ErrNewer = errors.New("a record is of a newer version of Parley")
)

// Record returns the record of a payload under a key.
func Record(key string, payload []byte) string { return finish(key, append(begin(nil), payload...)) }

// begin appends an empty head, to which the payload is to be appended.
func begin(b []byte) []byte { return append(b, make([]byte, headLen)...) }

// finish fills the head of a record.
func finish(key string, b []byte) string {
	fillIn([]byte(key), b)
	return string(b)
}

// fillIn fills the head of a record.
func fillIn(key, b []byte) {
	binary.BigEndian.PutUint32(b, uint32(len(b)-headLen))
	b[4] = layout
	binary.BigEndian.PutUint32(b[5:], sum(key, b))
}

// sum returns the checksum of a record: of the key, which comes last, too.
func sum(key, b []byte) uint32 {
	x := crc32.Update(crc32.Checksum(b[:5], castagnoli), castagnoli, b[headLen:])
	return crc32.Update(x, castagnoli, key)
}

// Check reports what is wrong with a record under a key: nothing, damage, or
// ErrNewer.
func Check(key string, record []byte) error {
	if len(record) < headLen || int64(binary.BigEndian.Uint32(record)) != int64(len(record)-headLen) {
		return errRecord
	}
	switch {
	case sum([]byte(key), record) != binary.BigEndian.Uint32(record[5:]):
		return errRecord
	case record[4] != layout:
		return fmt.Errorf("%w: layout %d", ErrNewer, record[4])
	}
	return nil
}

// Sum returns the checksum in a record, by which records under one key can be told apart.
func Sum(record string) uint32 {
	if len(record) < headLen {
		return 0
	}
	return number(record[5:])
}

// Payload returns the payload of a record that is not damaged.
func Payload(record string) string { return record[min(headLen, len(record)):] }

// Keys sort by what they are of: first the buffers, then their blocks, then the
// entries that came too late for one, and runs of those that are in none. Keys below 'b' are
// for the Journal itself.
const (
	keyBook  = 'b' // number of the buffer, 4 bytes
	keyBlock = 'd' // number of the buffer, number of the block, 4 bytes
	keyEntry = 'e' // number of the buffer, ticks, 8 bytes, and server of the stamp
	keyRun   = 'r' // number of the buffer, number of the run, 4 bytes
)

func bookKey(id uint32) string {
	var b [5]byte
	b[0] = keyBook
	binary.BigEndian.PutUint32(b[1:], id)
	return string(b[:])
}

func blockKey(id, serial uint32) string { return numbered(keyBlock, id, serial) }

func numbered(kind byte, id, serial uint32) string {
	var b [9]byte
	b[0] = kind
	binary.BigEndian.PutUint32(b[1:], id)
	binary.BigEndian.PutUint32(b[5:], serial)
	return string(b[:])
}

func entryKey(id uint32, s event.Stamp) string {
	b := binary.BigEndian.AppendUint32([]byte{keyEntry}, id)
	b = binary.BigEndian.AppendUint64(b, s.Ticks)
	return string(append(b, s.Server...))
}

// parseKey reads what all keys have. rest is what follows.
func parseKey(key string) (kind byte, id uint32, rest string, ok bool) {
	if len(key) < 5 {
		return 0, 0, "", false
	}
	return key[0], number(key[1:]), key[5:], true
}

// number reads 4 bytes.
func number(s string) uint32 {
	return uint32(s[0])<<24 | uint32(s[1])<<16 | uint32(s[2])<<8 | uint32(s[3])
}
