package bunt

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// createFile makes a file with a header, and opens it.
func createFile(path string, h header) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	b := appendSet(nil, headerKey, h.record())
	_, err = f.Write(b)
	return int64(len(b)), errors.Join(err, f.Sync(), f.Close())
}

// install makes a new file of records and gives it the path.
func (d *disk) install(records func(yield func(key, record string) bool) error) error {
	const atOnce = 1 << 20
	temp := d.path + ".tmp"
	if _, err := createFile(temp, d.header); err != nil {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	var b []byte
	var m mark
	flush := func() error {
		b = appendSet(b, commitKey, m.record())
		_, err := f.Write(b)
		b, m = b[:0], mark{}
		return err
	}
	failed := records(func(key, record string) bool {
		b = appendSet(b, key, record)
		if m.add(key, false); len(b) >= atOnce {
			err = flush()
		}
		return err == nil
	})
	if err == nil && m.count > 0 {
		err = flush()
	}
	if err = errors.Join(failed, err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, d.path); err != nil {
		return err
	}
	return syncFolder(d.path)
}

// syncFolder makes the name of a file durable.
func syncFolder(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
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
