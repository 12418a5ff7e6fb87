package config

import (
	"strconv"
	"strings"
)

// places returns where each key and section of text is set, by path. The text
// is valid TOML: the library has read it, but does not tell the lines.
func places(file, text string) map[string]place {
	s := scanner{text: text, line: 1, tables: map[string]int{}, at: map[string]place{}}
	section := ""
	for s.skipBlank(); s.pos < len(s.text); s.skipBlank() {
		here := place{file: file, line: s.line}
		if s.peek() == '[' {
			section = s.section()
			s.record(section, here)
			continue
		}
		path := section
		for _, part := range s.key('=') {
			path = join(path, part)
		}
		s.record(path, here)
		s.skipValue()
	}
	return s.at
}

// record notes where path is set, and with it the sections it is in, unless they
// are known.
func (s *scanner) record(path string, here place) {
	for ; path != ""; path = parent(path) {
		if _, ok := s.at[path]; ok {
			return
		}
		s.at[path] = here
	}
}

// A scanner reads the keys of a TOML text, and passes over the values.
type scanner struct {
	text   string
	pos    int
	line   int
	tables map[string]int // how many times [[path]] was seen
	at     map[string]place
}

func (s *scanner) peek() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return '\n'
}

func (s *scanner) next() byte {
	b := s.peek()
	if b == '\n' {
		s.line++
	}
	s.pos++
	return b
}

// skipBlank passes over spaces, line ends and comments.
func (s *scanner) skipBlank() {
	for s.pos < len(s.text) {
		switch s.peek() {
		case '#':
			s.skipComment()
		case ' ', '\t', '\r', '\n':
			s.next()
		default:
			return
		}
	}
}

func (s *scanner) skipComment() {
	for s.pos < len(s.text) && s.peek() != '\n' {
		s.next()
	}
}

// section reads "[a.b]" or "[[a.b]]" and returns its path.
func (s *scanner) section() string {
	s.next()
	list := s.peek() == '['
	if list {
		s.next()
	}
	path := ""
	parts := s.key(']')
	for i, part := range parts {
		path = join(path, part)
		if list && i == len(parts)-1 {
			s.tables[path]++
		}
		if n := s.tables[path]; n > 0 {
			path = index(path, n-1)
		}
	}
	if list {
		s.next()
	}
	return path
}

// key reads the parts of a key and the byte after it.
func (s *scanner) key(end byte) []string {
	var parts []string
	part := ""
	for s.pos < len(s.text) {
		switch b := s.peek(); b {
		case end:
			s.next()
			return append(parts, part)
		case '.':
			s.next()
			parts, part = append(parts, part), ""
		case '"', '\'':
			start := s.pos
			s.skipString()
			part = unquote(s.text[start:s.pos])
		case ' ', '\t':
			s.next()
		default:
			part += string(rune(s.next()))
		}
	}
	return append(parts, part)
}

func unquote(quoted string) string {
	if u, err := strconv.Unquote(quoted); err == nil {
		return u
	}
	return strings.Trim(quoted, `"'`)
}

// skipValue passes over a value and the rest of its line.
func (s *scanner) skipValue() {
	for depth := 0; s.pos < len(s.text); {
		switch s.peek() {
		case '"', '\'':
			s.skipString()
		case '#':
			s.skipComment()
		case '[', '{':
			depth++
			s.next()
		case ']', '}':
			depth--
			s.next()
		case '\n':
			s.next()
			if depth == 0 {
				return
			}
		default:
			s.next()
		}
	}
}

// skipString passes over a string of any of the four kinds.
func (s *scanner) skipString() {
	quote := s.text[s.pos : s.pos+1]
	if long := strings.Repeat(quote, 3); strings.HasPrefix(s.text[s.pos:], long) {
		quote = long
	}
	s.pos += len(quote)
	for s.pos < len(s.text) && !strings.HasPrefix(s.text[s.pos:], quote) {
		if s.next() == '\\' && quote[0] == '"' {
			s.next()
		}
	}
	s.pos += len(quote)
	// A long string may end in up to two quotes of its own: """"a"""""
	for len(quote) == 3 && s.pos < len(s.text) && s.peek() == quote[0] {
		s.next()
	}
}
