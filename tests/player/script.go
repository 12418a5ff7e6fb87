package player

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Script is one conversation.
type Script struct {
	File     string
	lines    []string
	sections map[string]string // by name
	// Single and Linked say that the conversation is about one server, or about
	// two, and is only played so.
	Single, Linked bool
	inside         bool // only played on servers of the player's own
}

// Read reads a conversation: lines to be played, followed by sections that begin
// with a line "-- NAME --".
func Read(file string) (*Script, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, string(text))
}

// Parse is Read for a text that is at hand.
func Parse(file, text string) (*Script, error) {
	s := &Script{File: filepath.ToSlash(file), sections: map[string]string{}}
	section := ""
	for n, line := range strings.Split(text, "\n") {
		if name, ok := marker(line); ok {
			if _, twice := s.sections[name]; twice || !known(name) {
				return nil, fmt.Errorf("%s:%d: section %q is unknown, or there twice", file, n+1, name)
			}
			section, s.sections[name] = name, ""
			continue
		}
		if section != "" {
			s.sections[section] += line + "\n"
			continue
		}
		s.lines = append(s.lines, line)
		s.Single = s.Single || strings.HasPrefix(line, "# single: ")
		s.inside = s.inside || strings.HasPrefix(line, "# inside: ")
		s.Linked = s.Linked || strings.HasPrefix(line, "# linked: ")
	}
	if s.Single && s.Linked {
		return nil, fmt.Errorf("%s: it is both about one server and about two", file)
	}
	return s, nil
}

func marker(line string) (name string, ok bool) {
	name, ok = strings.CutPrefix(line, "-- ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, " --")
}

func known(section string) bool {
	return section == "motd" || section == "rules" || strings.HasSuffix(section, ".toml")
}

// Plain reports whether a server that knows nothing of the player can play its
// part: one with the default configuration and nobody else on it.
func (s *Script) Plain() bool {
	if len(s.sections) > 0 || s.Linked || s.inside {
		return false
	}
	return !slices.ContainsFunc(s.lines, func(line string) bool {
		f := strings.Fields(line)
		if len(f) == 0 {
			return false
		}
		switch f[0] {
		case "wait", "login", "logout", "oper", "rehash", "delay", "deliver", "split", "cut", "heal", "lose", "deafen", "slow", "kill", "crash", "start", "restart", "device", "store":
			return true
		case "connect", "dial":
			return slices.ContainsFunc(f, func(w string) bool {
				return w == "tls" || w == "websocket" || strings.Contains(w, "=")
			})
		}
		return false
	})
}

// Sent returns the lines that clients send, for tests of what is covered.
func (s *Script) Sent() []string { return s.said(">") }

// Heard returns the lines that clients are expected to receive.
func (s *Script) Heard() []string { return s.said("<") }

func (s *Script) said(arrow string) (all []string) {
	for _, line := range s.lines {
		if f := strings.Fields(line); len(f) > 2 && strings.HasPrefix(f[1], arrow) {
			_, text, _ := strings.Cut(line, f[1])
			all = append(all, strings.TrimSpace(text))
		}
	}
	return all
}

// Quoted returns the addresses of specifications that stand on lines of their own.
func (s *Script) Quoted() (all []string) {
	for _, line := range s.lines {
		if address, ok := strings.CutPrefix(line, "# https://"); ok {
			all = append(all, "https://"+address)
		}
	}
	return all
}

// Directives returns the words of the lines that are neither sent nor heard.
func (s *Script) Directives() (all [][]string) {
	for _, line := range s.lines {
		if f := strings.Fields(line); len(f) > 0 && f[0] != "#" && (len(f) < 2 || !strings.ContainsAny(f[1][:1], "<>")) {
			all = append(all, f)
		}
	}
	return all
}
