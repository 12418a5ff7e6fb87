package server

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/parley-irc/parley/config"
)

// HandOver gives what root has made to whom the data folder belongs, who will run the
// server: the certificate there, and the right to read the configuration at path. For
// others than root there is nothing to do.
func HandOver(c *config.Config, path string) error {
	info, err := os.Stat(c.Server.DataDir)
	if errors.Is(err, fs.ErrNotExist) || os.Geteuid() != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil
	}
	p := selfSigned(c.Server.DataDir)
	for _, file := range []string{p.Cert, p.Key} {
		if err := os.Chown(file, int(owner.Uid), int(owner.Gid)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return errors.Join(os.Chown(path, 0, int(owner.Gid)), os.Chmod(path, 0o640))
}
