package bunt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
)

// The file is BuntDB's: a sequence of "set" commands in the form of the Redis
// protocol. A command says where it ends, but not whether it is intact, nor
// which commands were one commit. So every value carries, before what it is the
// value of:
//
//	length   4 bytes  of the payload
//	version  1 byte   of this layout, 1
//	kind     1 byte   value, deleted or header
//	index    2 bytes  which of the records of its commit, from 0
//	count    2 bytes  how many records its commit has
//	rev      8 bytes  the number of its commit, which is the revision
//	CRC-32C  4 bytes  of the key, all of the above, and the payload
//
// with numbers big-endian. Deleted records stay as marks until the file is
// compacted: a "del" command could not carry any of this.
type record struct {
	kind         kind
	index, count uint16
	rev          uint64
	payload      string
}

type kind byte

const (
	kindValue   kind = 1
	kindDeleted kind = 2
	kindHeader  kind = 3

	layout  = 1
	headLen = 22
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	errTorn    = errors.New("the file ends within a record")
	errDamaged = errors.New("the record is damaged")
)

// encode returns the value under which BuntDB keeps r.
func encode(key string, r record) string {
	b := make([]byte, 0, headLen+len(r.payload))
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.payload)))
	b = append(b, layout, byte(r.kind))
	b = binary.BigEndian.AppendUint16(b, r.index)
	b = binary.BigEndian.AppendUint16(b, r.count)
	b = binary.BigEndian.AppendUint64(b, r.rev)
	b = binary.BigEndian.AppendUint32(b, checksum(key, string(b), r.payload))
	return string(append(b, r.payload...))
}

// decode reads the value that BuntDB keeps under a key.
func decode(key, value string) (record, error) {
	if len(value) < headLen {
		return record{}, errDamaged
	}
	head := []byte(value[:headLen])
	r := record{
		kind:    kind(head[5]),
		index:   binary.BigEndian.Uint16(head[6:]),
		count:   binary.BigEndian.Uint16(head[8:]),
		rev:     binary.BigEndian.Uint64(head[10:]),
		payload: value[headLen:],
	}
	switch {
	case int64(binary.BigEndian.Uint32(head)) != int64(len(r.payload)),
		binary.BigEndian.Uint32(head[18:]) != checksum(key, value[:18], r.payload):
		return record{}, errDamaged
	case head[4] != layout:
		return record{}, fmt.Errorf("a record has layout %d, of a newer version of Parley", head[4])
	case r.rev == 0, r.index >= r.count, r.kind < kindValue, r.kind > kindHeader:
		return record{}, errDamaged
	}
	return r, nil
}

func checksum(key, head, payload string) uint32 {
	sum := crc32.Checksum([]byte(key), castagnoli)
	sum = crc32.Update(sum, castagnoli, []byte(head))
	return crc32.Update(sum, castagnoli, []byte(payload))
}

var setCommand = []byte("*3\r\n$3\r\nset\r\n")

// appendSet appends the command that sets a key to a value.
func appendSet(b []byte, key, value string) []byte {
	b = append(b, setCommand...)
	for _, s := range []string{key, value} {
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(b, "\r\n"...)
		b = append(b, s...)
		b = append(b, "\r\n"...)
	}
	return b
}

// parseSet reads the command at the beginning of b, which has n bytes. It
// returns errTorn if all there is of it could be the beginning of a command.
func parseSet(b []byte) (key, value string, n int, err error) {
	if !bytes.HasPrefix(b, setCommand) {
		if bytes.HasPrefix(setCommand, b) {
			return "", "", 0, errTorn
		}
		return "", "", 0, errDamaged
	}
	n = len(setCommand)
	for _, s := range []*string{&key, &value} {
		part, size, err := parsePart(b[n:])
		if err != nil {
			return "", "", 0, err
		}
		*s = string(part)
		n += size
	}
	return key, value, n, nil
}

// parsePart reads "$3\r\nkey\r\n".
func parsePart(b []byte) (part []byte, n int, err error) {
	const longest = len("$1048598\r\n") // of a value of store.MaxValue bytes
	line := bytes.IndexByte(b[:min(len(b), longest)], '\n')
	if line < 0 {
		if len(b) < longest {
			return nil, 0, errTorn
		}
		return nil, 0, errDamaged
	}
	if line < 3 || b[0] != '$' || b[line-1] != '\r' {
		return nil, 0, errDamaged
	}
	length, err := strconv.ParseUint(string(b[1:line-1]), 10, 31)
	if err != nil {
		return nil, 0, errDamaged
	}
	rest := b[line+1:]
	switch {
	case uint64(len(rest)) < length+2:
		return nil, 0, errTorn
	case rest[length] != '\r' || rest[length+1] != '\n':
		return nil, 0, errDamaged
	}
	return rest[:length], line + 1 + int(length) + 2, nil
}
