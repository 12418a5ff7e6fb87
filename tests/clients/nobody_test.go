package clients

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// nobody is whom programs run as that do not want to be run by root.
const nobody = 65534

// nobodys makes a folder beside the server's that others than root can reach, and links
// to it from there.
func (r *running) nobodys(name string) string {
	r.Helper()
	dir, err := os.MkdirTemp("", "parley-"+name+"-")
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Symlink(dir, filepath.Join(r.dir, name)); err != nil {
		r.Fatal(err)
	}
	return dir
}

// disown lets a command run as nobody, to whom a folder then belongs, if root runs the
// tests.
func disown(t *testing.T, cmd *exec.Cmd, folder string) {
	t.Helper()
	cmd.Env = append(os.Environ(), "HOME="+folder)
	if os.Geteuid() != 0 {
		return
	}
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}
