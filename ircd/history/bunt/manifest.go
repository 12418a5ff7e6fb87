package bunt

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"strings"
)

// A manifest says how much of a file is known to be on disk. Without it, a file
// cut at the end of a commit would look like a good one that is shorter.
//
// It is a file of two lines, written in turn after every sync so that one is
// always whole, and not synced itself: after a power cut it may say less than
// is so, never more.
type manifest struct {
	header
	Synced int64  // bytes
	Count  uint64 // of writes; the greater of the two lines is the last
}

const slot = 512 // bytes between the lines: a sector is written whole

func (m manifest) String() string {
	s := fmt.Sprintf("parley-history 1 %s %d %d %d", m.UUID, m.Generation, m.Synced, m.Count)
	return fmt.Sprintf("%s %08x", s, crc32.ChecksumIEEE([]byte(s)))
}

func parseManifest(line string) (m manifest, ok bool) {
	_, err := fmt.Sscanf(line, "parley-history 1 %s %d %d %d", &m.UUID, &m.Generation, &m.Synced, &m.Count)
	return m, err == nil && m.String() == line
}

// readManifest returns the manifest at path, or a zero one.
func readManifest(path string) (last manifest, err error) {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return last, err
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		m, valid := parseManifest(strings.Trim(line, "\x00 "))
		if valid && m.Count >= last.Count {
			last = m
		}
	}
	return last, nil
}

// write writes the manifest to f.
func (m manifest) write(f *os.File) error {
	line := fmt.Sprintf("%-*s\n", slot-1, m)
	_, err := f.WriteAt([]byte(line), int64(m.Count%2)*slot)
	return err
}
