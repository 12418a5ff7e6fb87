package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// A folder is the data folder, which belongs to one running server.
type folder struct {
	path string
	lock *os.File
}

// The names of files in the folder.
const (
	lockName    = "lock"
	storeName   = "parley.db"
	historyName = "history.db"
)

// openFolder makes the folder if there is none, and locks it. The lock ends with
// the process, however that ends.
func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w; write another server.data-dir", err)
	}
	name := filepath.Join(path, lockName)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the data folder: %w; it must be writable for this user, or write another server.data-dir", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer f.Close()
		return nil, fmt.Errorf("the data folder %s is in use by a server that runs already%s; stop that one, or write another server.data-dir", path, holder(f))
	}
	if err == nil {
		err = errors.Join(f.Truncate(0), write(f, fmt.Sprintln(os.Getpid())))
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	return &folder{path, f}, nil
}

func write(f *os.File, text string) error {
	_, err := f.WriteString(text)
	return err
}

// holder says which process has locked f, if that is known.
func holder(f *os.File) string {
	var b [32]byte
	n, _ := f.ReadAt(b[:], 0)
	if pid := strings.TrimSpace(string(b[:n])); pid != "" {
		return " (process " + pid + ")"
	}
	return ""
}

// file returns the path of a file in the folder.
func (f *folder) file(name string) string { return filepath.Join(f.path, name) }

// close unlocks the folder. The file stays: another process may wait for it.
func (f *folder) close() { f.lock.Close() }

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
