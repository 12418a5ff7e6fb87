package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// A bar shows on a terminal how far something is.
type bar struct {
	out   io.Writer // nil: there is no terminal
	shown time.Time
}

// newBar returns the bar of a command. Where its messages go to a file there is none.
func newBar(w world) *bar {
	f, ok := w.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &bar{}
	}
	return &bar{out: f}
}

const barWidth = 30

// show draws the bar anew, a few times a second.
func (b *bar) show(done, all int) {
	const often = 100 * time.Millisecond
	now := time.Now()
	if b.out == nil || all <= 0 || done < all && now.Sub(b.shown) < often {
		return
	}
	b.shown = now
	full := min(barWidth, barWidth*done/all)
	fmt.Fprintf(b.out, "\r[%s%s] %3d %%  %d of %d", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), 100*done/all, done, all)
}

// end leaves the line of the bar.
func (b *bar) end() {
	if b.out != nil && !b.shown.IsZero() {
		fmt.Fprintln(b.out)
	}
}
