package dispatch

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// A feed is a connection from which the given pieces can be read, one at a time.
type feed struct {
	net.Conn
	pieces [][]byte
}

func (f *feed) Read(b []byte) (int, error) {
	if len(f.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(b, f.pieces[0])
	if f.pieces[0] = f.pieces[0][n:]; len(f.pieces[0]) == 0 {
		f.pieces = f.pieces[1:]
	}
	return n, nil
}

func (f *feed) SetReadDeadline(time.Time) error { return nil }

func linesOf(pieces [][]byte, max int) (all []string, err error) {
	l := newLines(&feed{pieces: pieces}, max)
	defer l.free()
	for {
		line, err := l.next()
		if err != nil {
			return all, err
		}
		all = append(all, string(line))
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 3000)
	for _, x := range []struct {
		in   []string
		want string
		err  error
	}{
		{[]string{"NICK a\r\nUSER b\r\n"}, "NICK a|USER b", io.EOF},
		{[]string{"NI", "CK a\r", "\nUSER", " b\n"}, "NICK a|USER b", io.EOF},
		{[]string{"\r\n\r\n\nPING x\r\n"}, "PING x", io.EOF},
		{[]string{long, long, "\r\nPING x\r\n"}, long + long + "|PING x", io.EOF},
		{[]string{"PING x\r\n", strings.Repeat("y", 9000)}, "PING x", errReadQueue},
		{[]string{strings.Repeat("y", 9000) + "\r\n"}, "", errReadQueue},
		{[]string{"unfinished"}, "", io.EOF},
	} {
		var pieces [][]byte
		for _, p := range x.in {
			pieces = append(pieces, []byte(p))
		}
		got, err := linesOf(pieces, 8192)
		if strings.Join(got, "|") != x.want || !errors.Is(err, x.err) {
			t.Errorf("%.40q: %.60q, %v", x.in, got, err)
		}
	}
}

// FuzzLines: however the bytes are cut into pieces, the lines are the same.
func FuzzLines(f *testing.F) {
	f.Add([]byte("NICK a\r\nUSER b 0 * :c\r\n\r\nQUIT\n"), uint8(3))
	f.Add(bytes.Repeat([]byte("x"), 700), uint8(200))
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		const max = 1024
		whole, wholeErr := linesOf([][]byte{bytes.Clone(in)}, max)
		var pieces [][]byte
		for rest := bytes.Clone(in); len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			pieces, rest = append(pieces, rest[:n]), rest[n:]
		}
		cut, cutErr := linesOf(pieces, max)
		if strings.Join(whole, "\n") != strings.Join(cut, "\n") || !errors.Is(cutErr, wholeErr) {
			t.Errorf("%q, %v in one piece; %q, %v in pieces of %d", whole, wholeErr, cut, cutErr, int(size)+1)
		}
		for _, line := range whole {
			if line == "" || len(line) > max || strings.Contains(line, "\n") {
				t.Errorf("line %q", line)
			}
		}
	})
}
