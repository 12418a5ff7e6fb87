package clients

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A terminal is what a client with a screen runs in.
type terminal struct {
	*running
	socket string
}

// terminal runs a command in a terminal.
func (r *running) terminal(command ...string) *terminal {
	r.Helper()
	r.terminals++
	t := &terminal{r, filepath.Join(r.dir, fmt.Sprint("tmux", r.terminals))}
	quoted := make([]string, len(command))
	for i, word := range command {
		quoted[i] = "'" + word + "'"
	}
	t.tmux("-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "50", strings.Join(quoted, " "))
	r.Cleanup(func() {
		if r.Failed() {
			r.Logf("on the screen:\n%s", t.screen())
		}
		// The client writes its files when it ends.
		for range 50 {
			if strings.Contains(t.tmux("has-session"), "exit status") {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.tmux("kill-server")
		time.Sleep(time.Second)
	})
	return t
}

func (t *terminal) tmux(args ...string) string {
	cmd := exec.Command("tmux", append([]string{"-S", t.socket}, args...)...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "HOME="+t.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Sprint(err, ": ", string(out))
	}
	return string(out)
}

func (t *terminal) screen() string { return t.tmux("capture-pane", "-p") }

// typeIn types lines.
func (t *terminal) typeIn(lines ...string) {
	for _, line := range lines {
		t.tmux("send-keys", "-l", line)
		t.tmux("send-keys", "Enter")
	}
}

// shows waits until all of these are on the screen.
func (t *terminal) shows(parts ...string) {
	t.Helper()
	t.until(fmt.Sprintf("the screen shows %q", parts), func() bool {
		screen := t.screen()
		for _, part := range parts {
			if !strings.Contains(screen, part) {
				return false
			}
		}
		return true
	})
}
