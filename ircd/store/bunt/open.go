package bunt

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// Damage is what was wrong with a file, and what became of it.
type Damage struct {
	Path     string   // of the database
	Kept     string   // where the file is now as it was found, or "" if it is still in use
	Problems []string // each a clause
	Records  int      // how many could be read
}

// String returns the report to show to an operator.
func (d *Damage) String() string {
	s := fmt.Sprintf("the database %s was damaged: %s. %d records could be read.", d.Path, strings.Join(d.Problems, "; "), d.Records)
	if d.Kept != "" {
		s += " The file as it was is kept as " + d.Kept + "."
	}
	return s
}

// openDisk checks the file at path, and makes it such that BuntDB reads it as a
// whole. If there is none, it creates one.
func openDisk(path string) (*disk, error) {
	if err := os.RemoveAll(path + ".tmp"); err != nil {
		return nil, err
	}
	m, known, err := readManifest(path + ".manifest")
	if err != nil {
		return nil, err
	}
	d := &disk{path: path, count: m.Count}
	there, err := exists(path)
	switch {
	case err != nil:
	case there:
		err = d.check(m)
	case known:
		err = fmt.Errorf("%w: %s is gone, though %s.manifest says that it held %d bytes; put it back, "+
			"or remove the manifest to begin with an empty database", ErrUnreadable, path, path, m.Synced)
	default:
		d.header, d.rev = newHeader(), 1
		err = d.install(d.header, maps.All(map[string]string{}))
	}
	if err != nil {
		return nil, err
	}
	return d, d.open()
}

// check reads the file, and repairs it where it has to.
func (d *disk) check(m manifest) error {
	if err := os.Chmod(d.path, 0o600); err != nil { // whatever an operator has copied
		return err
	}
	s, stale, err := d.examine(m)
	if err != nil {
		return err
	}
	d.header, d.rev, d.compact = s.header, s.rev, s.compact()
	d.report(&s, stale)
	switch {
	case len(s.damage) > 0:
		return d.repair(&s, m)
	case s.size < s.length:
		return d.cut(s.size)
	}
	return nil
}

// examine reads the file. stale says that it is not the one that was used last.
func (d *disk) examine(m manifest) (s scan, stale string, err error) {
	data, err := os.ReadFile(d.path)
	if err != nil {
		return s, "", err
	}
	synced := m.Synced
	if h, ok := readHeader(data); ok && h != m.header {
		synced = 0 // the manifest is about another file
		if m.UUID != "" && (h.UUID != m.UUID || h.Generation < m.Generation) {
			stale = "it is not the file that was used last, as the manifest shows: a backup that was put back?"
		}
	}
	s = read(data, synced)
	s.length = int64(len(data))
	switch {
	case s.err != nil:
		err = fmt.Errorf("%s: %w", d.path, s.err)
	case s.foreign:
		err = fmt.Errorf("%w: %s holds no record; restore it from a backup, or move it and "+
			"its manifest away to begin with an empty database", ErrUnreadable, d.path)
	}
	return s, stale, err
}

// Examine says what is wrong with the file at path, if it is to be repaired, and changes
// nothing. Nobody may have it open.
func Examine(path string) (*Damage, error) {
	m, known, err := readManifest(path + ".manifest")
	if err != nil {
		return nil, err
	}
	there, err := exists(path)
	if err != nil || !there && !known {
		return nil, err // there is no database yet
	}
	d := &disk{path: path}
	s, stale, err := d.examine(m)
	if err == nil {
		d.report(&s, stale)
	}
	return d.damage, err
}

func (d *disk) report(s *scan, stale string) {
	problems := slices.Clone(s.damage)
	if stale != "" {
		problems = append(problems, stale)
	}
	if len(problems) > 0 {
		d.damage = &Damage{Path: d.path, Problems: problems, Records: len(s.live)}
	}
}

// repair keeps the file aside and makes a new one of what could be read.
func (d *disk) repair(s *scan, m manifest) error {
	d.header.Generation = max(s.header.Generation, m.Generation) + 1
	if d.header.UUID == "" {
		d.header.UUID = m.UUID
	}
	if d.header.UUID == "" {
		d.header = newHeader()
	}
	// What was lost had revisions as well, and those must not occur again.
	const skipped = 1 << 20
	d.rev = s.rev + skipped
	d.damage.Kept = d.path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000")
	if err := keep(d.path, d.damage.Kept); err != nil {
		return fmt.Errorf("keep the damaged file aside: %w", err)
	}
	return d.install(d.header, maps.All(s.live))
}

// keep gives a file a second name, or copies it where that is not possible.
func keep(path, name string) error {
	if os.Link(path, name) == nil {
		return nil
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

// cut removes a commit that was interrupted.
func (d *disk) cut(size int64) error {
	f, err := os.OpenFile(d.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Sync(), f.Close())
}

// install makes a new file of values and gives it the path.
func (d *disk) install(h header, values iter.Seq2[string, string]) error {
	temp := d.path + ".tmp"
	_, err := create(temp, h, d.rev, func(yield func(entry, error) bool) {
		for key, value := range values {
			r, err := decode(key, value)
			if !yield(entry{key, value, r}, err) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	if err := os.Rename(temp, d.path); err != nil {
		return err
	}
	return syncFolder(d.path)
}

// open opens the file, which is sound now, and its manifest.
func (d *disk) open() error {
	var err error
	if d.file, err = os.OpenFile(d.path, os.O_RDWR, 0); err != nil {
		return err
	}
	if d.manifest, err = os.OpenFile(d.path+".manifest", os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return errors.Join(err, d.file.Close())
	}
	if err = errors.Join(d.sync(), syncFolder(d.path)); err != nil {
		return errors.Join(err, d.close())
	}
	return nil
}
