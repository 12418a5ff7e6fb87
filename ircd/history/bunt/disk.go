package bunt

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A disk is the file as the writer sees it, apart from BuntDB.
type disk struct {
	path     string
	header   header
	file     *os.File // to sync it, and to learn its size
	manifest *os.File
	count    uint64 // of writes to the manifest
	size     int64  // when it was last synced
}

// openDisk checks the file at path, and makes it such that BuntDB reads it as a
// whole. If there is none, it creates one.
func openDisk(path string, progress func(done, total int64)) (*disk, *Damage, error) {
	if err := os.RemoveAll(path + ".tmp"); err != nil {
		return nil, nil, err
	}
	m, err := readManifest(path + ".manifest")
	if err != nil {
		return nil, nil, err
	}
	d := &disk{path: path, count: m.Count}
	var damage *Damage
	fi, err := os.Stat(path)
	switch {
	case err == nil:
		damage, err = d.check(m, fi.Size(), progress)
	case !errors.Is(err, fs.ErrNotExist):
	case m.UUID != "":
		err = fmt.Errorf("%w: %s is gone, though %s.manifest says that it held %d bytes; put it back, "+
			"or remove the manifest to begin with an empty history", ErrUnreadable, path, path, m.Synced)
	default:
		d.header = newHeader()
		err = d.install(func(func(key, record string) bool) error { return nil })
	}
	if err != nil {
		return nil, nil, err
	}
	return d, damage, d.open()
}

func newHeader() header { return header{UUID: rand.Text(), Generation: 1} }

// examine reads a file and says what is wrong with it. If it has to be repaired, it returns
// the records that read.
func examine(f *os.File, m manifest, size int64, progress func(done, total int64)) (r report, live map[string]string, err error) {
	s, err := check(f, size > muchGarbage, func(done int64) { progress(done, size) })
	if err != nil {
		return r, nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	r = report{Damage: Damage{Path: f.Name()}, scan: s, length: size}
	if s.header == m.header || s.header.UUID == "" {
		r.synced = m.Synced
	} else if m.UUID != "" && (s.header.UUID != m.UUID || s.header.Generation < m.Generation) {
		r.note("it is not the file that was used last, as the manifest shows: a backup that was put back?")
	}
	if s.err != nil || s.whole < r.synced {
		live, err = r.salvage()
	}
	return r, live, err
}

// check reads the file, and repairs it where it has to.
func (d *disk) check(m manifest, size int64, progress func(done, total int64)) (*Damage, error) {
	if err := os.Chmod(d.path, 0o600); err != nil { // whatever an operator has copied
		return nil, err
	}
	f, err := os.Open(d.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, live, err := examine(f, m, size, progress)
	switch d.header = r.header; {
	case err != nil:
		return nil, err
	case live != nil:
		return &r.Damage, d.repair(&r, m, live)
	case r.scan.size > 0 && r.whole > r.scan.size+r.scan.size/2+muchGarbage:
		err = d.shrink(f, &r.scan)
	case r.whole < size: // a commit that was interrupted
		err = cut(d.path, r.whole)
	}
	if len(r.Problems) > 0 {
		return &r.Damage, err
	}
	return nil, err
}

// muchGarbage is how much of a file, besides half of what counts, may be what does not.
const muchGarbage = 8 << 20

// shrink makes a file of the commands that count, as a compaction would soon. Reading it
// takes BuntDB a fraction of the time. If that is not possible, the file serves as it is.
func (d *disk) shrink(f *os.File, s *scan) error {
	if err := cut(d.path, s.whole); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	old := d.header
	d.header.Generation++
	err := d.install(func(yield func(key, record string) bool) error {
		l := newLexer(f)
		for at := int64(0); ; {
			c, err := l.next()
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			}
			p, ok := s.live[string(c.key)]
			if ok && p.at == at && string(c.key) != commitKey && !yield(string(c.key), string(c.value)) {
				return nil
			}
			at += int64(c.size)
		}
	})
	if err != nil {
		d.header = old
		_ = os.Remove(d.path + ".tmp")
	}
	return nil
}

func cut(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(size), f.Sync(), f.Close())
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

// use changes over to another file at the same path.
func (d *disk) use(f *os.File, h header) {
	_ = d.file.Close() // of the old one, which has lost its name
	d.file, d.header = f, h
}

// sync makes everything written so far durable, and notes it in the manifest.
func (d *disk) sync() error {
	if err := d.file.Sync(); err != nil {
		return err
	}
	fi, err := d.file.Stat()
	if err != nil {
		return err
	}
	d.size = fi.Size()
	d.count++
	// A manifest that says less than it could does no harm.
	_ = manifest{d.header, d.size, d.count}.write(d.manifest)
	return nil
}

func (d *disk) close() error {
	return errors.Join(d.manifest.Sync(), d.manifest.Close(), d.file.Close())
}
