package ergo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Errors of a file.
var (
	ErrForm    = errors.New("this is not a database of Ergo (ircd.db)")
	errDamaged = errors.New("the database is damaged")
)

// Limits of what is read. BuntDB keeps all of a database in memory, so that none is much
// larger.
const (
	maxWords = 8
	maxWord  = 64 << 20 // bytes
)

// read returns the records of a file of BuntDB: the commands that were given to it, one
// after the other, as Redis writes them. A command that was being written when the
// machine stopped is left out, as BuntDB does.
func read(r io.Reader) (map[string]string, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	records := map[string]string{}
	for n := 1; ; n++ {
		words, err := command(in)
		switch {
		case err == io.EOF && n == 1:
			return nil, ErrForm
		case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
			return records, nil
		case err != nil && n == 1:
			return nil, ErrForm
		case err != nil:
			return nil, fmt.Errorf("command %d: %w", n, err)
		}
		switch {
		case words[0] == "set" && len(words) >= 3: // what follows is when it expires
			records[words[1]] = words[2]
		case words[0] == "del" && len(words) == 2:
			delete(records, words[1])
		case words[0] == "flushdb":
			clear(records)
		default:
			return nil, fmt.Errorf("command %d: %w", n, errDamaged)
		}
	}
}

// command reads a command: "*2", and each word after its length, "$3" and "del".
func command(in *bufio.Reader) (words []string, err error) {
	count, err := number(in, '*', maxWords)
	if err != nil {
		return nil, err
	}
	for range count {
		size, err := number(in, '$', maxWord)
		if err != nil {
			return nil, whole(err)
		}
		word, err := text(in, size)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return nil, errDamaged
	}
	return words, nil
}

// text reads a word. It grows as there is more to read: a length may be a lie.
func text(in *bufio.Reader, size int) (string, error) {
	const step = 64 << 10
	var b []byte
	for len(b) < size+2 {
		from := len(b)
		b = append(b, make([]byte, min(step, size+2-from))...)
		if _, err := io.ReadFull(in, b[from:]); err != nil {
			return "", whole(err)
		}
	}
	if string(b[size:]) != "\r\n" {
		return "", errDamaged
	}
	return string(b[:size]), nil
}

// whole is the error of a command that ends early.
func whole(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// number reads a line with a number after a sign.
func number(in *bufio.Reader, sign byte, most int) (int, error) {
	const longest = 32
	var line []byte
	for {
		c, err := in.ReadByte()
		if err == io.EOF && len(line) > 0 {
			return 0, io.ErrUnexpectedEOF
		}
		if err != nil {
			return 0, err
		}
		if line = append(line, c); c == '\n' {
			break
		}
		if len(line) > longest {
			return 0, errDamaged
		}
	}
	n := len(line)
	if n < 4 || line[0] != sign || line[n-2] != '\r' {
		return 0, errDamaged
	}
	v, err := strconv.ParseUint(string(line[1:n-2]), 10, 31)
	if err != nil || int(v) > most {
		return 0, errDamaged
	}
	return int(v), nil
}
