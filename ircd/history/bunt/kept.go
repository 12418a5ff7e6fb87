package bunt

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/parley-irc/parley/ircd/history"
)

// Files that were damaged are kept beside the history, for people who want to look at what
// does not read. What reads in them is in the history, and they must not keep what has been
// removed there since. As nobody can tell what is in the parts that do not read, whoever owns
// the folder removes them after a while.

const (
	keptMark = ".damaged-"
	keptTime = "20060102T150405.000"
)

func keptName(path string, now time.Time) string { return path + keptMark + now.UTC().Format(keptTime) }

// Kept returns the damaged files that are kept beside the history at path, the oldest
// first.
func Kept(path string) (names []string) {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir + "."))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), base+keptMark) {
			names = append(names, dir+e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// tendKept removes from the kept files what the ring does not have any more. It is called
// after a compaction, which has done the same for the history.
func tendKept(path string, ring *history.Ring, log *slog.Logger) {
	names := Kept(path)
	if len(names) == 0 {
		return
	}
	live := map[string]uint32{}
	ring.Records(func(key, record string) bool {
		live[key] = history.Sum(record)
		return true
	})
	for _, name := range names {
		switch blanked, err := scrub(name, live); {
		case err != nil:
			log.Error("what was removed from the history stays in a damaged file of it", "file", name, "error", err)
		case blanked > 0:
			log.Info("what was removed from the history is removed from a damaged file of it, too", "file", name)
		}
	}
}

// scrub makes unreadable, in place, the records of a damaged file that are not live, and
// returns how many those were. It reads the file piece by piece.
func scrub(name string, live map[string]uint32) (blanked int, err error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	l := newLexer(io.NewSectionReader(f, 0, 1<<62))
	var zeros [4096]byte
	for at := int64(0); ; {
		c, err := l.next()
		switch {
		case errors.Is(err, io.EOF):
			if blanked == 0 {
				return 0, nil
			}
			return blanked, f.Sync()
		case errors.Is(err, errTorn), errors.Is(err, errCommand):
			at += l.skip()
			continue
		case err != nil:
			return blanked, err
		}
		if end := at + int64(c.size) - 2; !c.del && verify(&c) == nil && !isLive(&c, live) {
			from := end - int64(len(c.value))
			for ; from < end && err == nil; from += int64(len(zeros)) {
				_, err = f.WriteAt(zeros[:min(int64(len(zeros)), end-from)], from)
			}
			if err != nil {
				return blanked, fmt.Errorf("blank a record: %w", err)
			}
			blanked++
		}
		at += int64(c.size)
	}
}

func isLive(c *command, live map[string]uint32) bool {
	key := string(c.key)
	sum, ok := live[key]
	return key == headerKey || key == commitKey || ok && sum == history.Sum(string(c.value))
}
