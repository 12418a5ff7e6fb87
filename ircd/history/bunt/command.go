package bunt

import (
	"bytes"
	"errors"
	"io"
	"strconv"
)

// BuntDB's file is a sequence of commands in the form of the Redis protocol. We
// use two of them:
//
//	*3\r\n$3\r\nset\r\n$<length>\r\n<key>\r\n$<length>\r\n<value>\r\n
//	*2\r\n$3\r\ndel\r\n$<length>\r\n<key>\r\n
const (
	setCommand = "*3\r\n$3\r\nset\r\n"
	delCommand = "*2\r\n$3\r\ndel\r\n"
	// overhead is about what a command adds to key and value.
	overhead = len(setCommand) + len("$99\r\n\r\n$9999\r\n\r\n")

	maxKey   = 1 << 12
	maxValue = 64 << 20
)

var (
	errTorn    = errors.New("the file ends within a command")
	errCommand = errors.New("a command does not read")
)

// A command is one that was read. The slices are parts of what it was read from.
type command struct {
	del        bool
	key, value []byte
	size       int
}

// parseCommand reads the command at the beginning of b. It returns errTorn if all there
// is could be the beginning of one.
func parseCommand(b []byte) (c command, err error) {
	switch {
	case bytes.HasPrefix(b, []byte(setCommand)):
	case bytes.HasPrefix(b, []byte(delCommand)):
		c.del = true
	case bytes.HasPrefix([]byte(setCommand), b), bytes.HasPrefix([]byte(delCommand), b):
		return c, errTorn
	default:
		return c, errCommand
	}
	c.size = len(setCommand)
	if c.key, err = c.part(b, maxKey); err == nil && !c.del {
		c.value, err = c.part(b, maxValue)
	}
	return c, err
}

// part reads "$3\r\nkey\r\n" where the command ends so far.
func (c *command) part(b []byte, most int) ([]byte, error) {
	const longest = len("$67108864\r\n")
	b = b[c.size:]
	line := bytes.IndexByte(b[:min(len(b), longest)], '\n')
	if line < 0 {
		if len(b) < longest {
			return nil, errTorn
		}
		return nil, errCommand
	}
	if line < 3 || b[0] != '$' || b[line-1] != '\r' {
		return nil, errCommand
	}
	n, err := strconv.ParseUint(string(b[1:line-1]), 10, 31)
	if err != nil || int(n) > most {
		return nil, errCommand
	}
	from, to := line+1, line+1+int(n)
	switch {
	case len(b) < to+2:
		return nil, errTorn
	case b[to] != '\r' || b[to+1] != '\n':
		return nil, errCommand
	}
	c.size += to + 2
	return b[from:to], nil
}

// A lexer reads commands from a file.
type lexer struct {
	r        io.Reader
	buf      []byte
	from, to int // what of the buffer has not been read
	err      error
}

func newLexer(r io.Reader) *lexer { return &lexer{r: r, buf: make([]byte, 1<<20)} }

// next returns the next command, which is good until the one after it is read. The error is
// io.EOF at the end, errTorn if that is within a command, errCommand, or one of reading.
func (l *lexer) next() (command, error) {
	for {
		c, err := parseCommand(l.buf[l.from:l.to])
		if !errors.Is(err, errTorn) {
			l.from += c.size
			return c, err
		}
		switch {
		case l.err == nil:
			l.fill()
		case !errors.Is(l.err, io.EOF):
			return c, l.err
		case l.from == l.to:
			return c, io.EOF
		default:
			return c, errTorn
		}
	}
}

// skip passes over what does not read, to where a command may begin, and returns how much
// that was.
func (l *lexer) skip() (n int64) {
	for {
		from := min(l.from+1, l.to)
		i := bytes.IndexByte(l.buf[from:l.to], '*')
		if i >= 0 {
			n += int64(from + i - l.from)
			l.from = from + i
			return n
		}
		n += int64(l.to - l.from)
		l.from = l.to
		if l.err != nil {
			return n
		}
		l.fill()
		if l.to > l.from && l.buf[l.from] == '*' {
			return n
		}
	}
}

func (l *lexer) fill() {
	l.to = copy(l.buf, l.buf[l.from:l.to])
	l.from = 0
	if l.to == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.r.Read(l.buf[l.to:])
	l.to += n
	l.err = err
}

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
