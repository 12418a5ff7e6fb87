package atheme

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/migrate"
)

// Errors of a file.
var (
	ErrForm    = errors.New("this is not a database of Atheme (services.db)")
	errDamaged = errors.New("the database is damaged")
)

// maxLine is how long a line may be, in bytes.
const maxLine = 1 << 20

// A row is a line: its type, and words that are separated by single spaces, of which
// some are empty. The last value may be a text with spaces.
type row struct {
	kind, rest string
}

// word takes the next word, "" if there is none.
func (r *row) word() string {
	word, rest, _ := strings.Cut(r.rest, " ")
	r.rest = rest
	return word
}

// text takes what is left.
func (r *row) text() string {
	text := r.rest
	r.rest = ""
	return text
}

// number takes a number, 0 if it is none.
func (r *row) number() int64 {
	n, err := strconv.ParseInt(r.word(), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (r *row) when() time.Time { return migrate.Unix(r.number()) }

// rows calls f for every line.
func rows(r io.Reader, f func(row)) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	whole := false
	for n := 1; in.Scan(); n++ {
		line := strings.TrimRight(in.Text(), "\r")
		kind, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#' || line[0] == ' ' || line[0] == '\t':
		case n == 1 && kind != "GRVER" && kind != "DBV":
			return ErrForm
		case !isKind(kind):
			return fmt.Errorf("line %d: %w", n, errDamaged)
		default:
			whole = whole || kind == "DE"
			f(row{kind, rest})
		}
		if n == 1 && line == "" {
			return ErrForm
		}
	}
	switch {
	case in.Err() != nil:
		return in.Err()
	case !whole:
		return fmt.Errorf("%w: it ends too early, before the line DE", errDamaged)
	}
	return nil
}

// isKind reports whether a word can be the type of a row: capitals, and hyphens.
func isKind(word string) bool {
	return strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789") == ""
}

// fold makes names comparable, as Atheme compares them on most networks (RFC 1459).
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case r == '[', r == ']', r == '\\':
			return r + '{' - '['
		case r == '~':
			return '^'
		}
		return r
	}, name)
}
