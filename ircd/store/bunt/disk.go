package bunt

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
)

// A disk is what the writer knows of its file. A nil disk is that of a store in
// memory.
type disk struct {
	path     string
	header   header
	rev      uint64   // when the file was opened
	damage   *Damage  // found when it was opened
	file     *os.File // to sync it, and to learn its size
	manifest *os.File
	count    uint64 // of writes to the manifest
	size     int64  // now
	compact  int64  // when it was last written anew, or would have been
}

// sync makes everything written so far durable, and notes it in the manifest.
func (d *disk) sync() error {
	if d == nil {
		return nil
	}
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

// grown tells whether the file is worth writing anew, being several times as
// long as its records need.
func (d *disk) grown(times int64) bool {
	const least = 4 << 20
	return d != nil && d.size > least && d.size > times*d.compact
}

func (d *disk) close() error {
	if d == nil {
		return nil
	}
	return errors.Join(d.manifest.Sync(), d.manifest.Close(), d.file.Close())
}

// create writes a file with all records to path, and syncs it.
func create(path string, h header, rev uint64, records iter.Seq2[entry, error]) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	size, err = fill(f, h, rev, records)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(path))
	}
	return size, nil
}

func fill(w io.Writer, h header, rev uint64, records iter.Seq2[entry, error]) (size int64, err error) {
	const buffer = 1 << 20
	payload, err := json.Marshal(h)
	if err != nil {
		return 0, err
	}
	first := record{kind: kindHeader, count: 1, rev: rev, payload: string(payload)}
	b := appendSet(make([]byte, 0, buffer), headerKey, encode(headerKey, first))
	for e, err := range records {
		if err != nil {
			return 0, err
		}
		// What was one commit is no longer together.
		e.record.index, e.record.count = 0, 1
		b = appendSet(b, e.key, encode(e.key, e.record))
		if len(b) >= buffer/2 {
			if _, err := w.Write(b); err != nil {
				return 0, err
			}
			size += int64(len(b))
			b = b[:0]
		}
	}
	_, err = w.Write(b)
	return size + int64(len(b)), err
}

// syncFolder makes the name of a file durable.
func syncFolder(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func newHeader() header { return header{UUID: rand.Text(), Generation: 1} }

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
