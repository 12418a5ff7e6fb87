package server

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/parley-irc/parley/config"
	"github.com/parley-irc/parley/ircd/casemap"
	"github.com/parley-irc/parley/ircd/dispatch"
	"github.com/parley-irc/parley/ircd/lang"
)

// maxText is the largest file of a text, and textLine the longest line of it, in
// bytes: it has to fit into a numeric.
const (
	maxText  = 256 << 10
	textLine = 380
)

// readTexts reads the files that clients can read.
func readTexts(c *config.Config) (*dispatch.Texts, error) {
	t := &dispatch.Texts{MOTD: greeting(c.Network.Name)}
	for _, f := range []struct {
		key, path string
		lines     *[]lang.Phrase
	}{{"server.motd", c.Server.MOTD, &t.MOTD}, {"server.rules", c.Server.Rules, &t.Rules}} {
		if f.path == "" {
			continue
		}
		lines, err := readText(f.path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.key, err)
		}
		*f.lines = lines
	}
	return t, nil
}

// readText returns the lines of a file, those that are too long as several.
func readText(path string) (lines []lang.Phrase, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(b) > maxText {
		return nil, fmt.Errorf("%s has %d bytes; make it shorter than %d, clients read all of it", path, len(b), maxText)
	}
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%s is not UTF-8; convert it", path)
	}
	for line := range strings.Lines(strings.TrimRight(string(b), "\r\n")) {
		line = strings.Map(printable, strings.TrimRight(line, "\r\n"))
		for len(line) > textLine {
			first := casemap.Truncate(line, textLine)
			lines, line = append(lines, lang.Verbatim.With(first)), line[len(first):]
		}
		lines = append(lines, lang.Verbatim.With(line))
	}
	return lines, nil
}

// printable drops what cannot be sent; colours can.
func printable(r rune) rune {
	switch r {
	case '\r', '\n', 0:
		return -1
	}
	return r
}

// greeting is the message of the day of a server that has no file for it.
func greeting(network string) []lang.Phrase {
	return []lang.Phrase{
		lang.Text("Welcome to %s.").With(network),
		lang.Verbatim.With(""),
		lang.Text("/join #name     enters a channel, or makes it").With(),
		lang.Text("/list           shows the channels there are").With(),
		lang.Text("/quote HELP     explains every command").With(),
		lang.Verbatim.With(""),
		lang.Text("Whoever runs this server can put another text here: server.motd in the configuration names its file.").With(),
	}
}
