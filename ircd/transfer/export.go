package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"
	"unicode/utf8"

	"github.com/parley-irc/parley/ircd/event"
	"github.com/parley-irc/parley/ircd/store"
)

// Options say what is exported.
type Options struct {
	Server, Program string // that are named as the origin
	Records, Events bool
}

// An exporter is an export on its way.
type exporter struct {
	ctx    context.Context
	out    *bufio.Writer
	enc    *json.Encoder
	counts Counts
	lines  int
}

// Export writes what there is. A server may use it meanwhile: then a record is as it was
// before a change, or as it is after it. Only little of it is in memory at a time. Events
// that are kept in memory only are left out.
func Export(ctx context.Context, d Data, o Options, w io.Writer) (Counts, error) {
	x := &exporter{ctx: ctx, out: bufio.NewWriterSize(w, 64<<10)}
	x.enc = json.NewEncoder(x.out)
	x.enc.SetEscapeHTML(false)
	err := x.line(headLine{kindHead, version, time.Now().UTC(), o.Server, o.Program})
	if err == nil && o.Records {
		err = x.records(d)
	}
	if err == nil && o.Events && d.History != nil {
		err = x.events(d)
	}
	if err == nil {
		err = x.line(endLine{kindEnd, x.counts})
	}
	if err == nil {
		err = x.out.Flush()
	}
	if err != nil {
		return x.counts, fmt.Errorf("export: %w", err)
	}
	return x.counts, nil
}

// line writes a line. Now and then it lets others run, who may have something more urgent
// to do on the same processor.
func (x *exporter) line(v any) error {
	const often = 16
	if x.lines++; x.lines%often == 0 {
		runtime.Gosched()
		if err := x.ctx.Err(); err != nil {
			return err
		}
	}
	return x.enc.Encode(v)
}

func (x *exporter) records(d Data) error {
	for _, shelf := range store.Shelves {
		var failed error
		err := d.Store.List(x.ctx, shelf, "", func(r store.Record) bool {
			l := recordLine{Kind: kindRecord, Shelf: shelf, Key: r.Key}
			if !utf8.ValidString(r.Key) {
				l.Key, l.RawKey = "", []byte(r.Key)
			}
			if json.Valid(r.Value) && utf8.Valid(r.Value) {
				l.Value = r.Value
			} else {
				l.Raw = r.Value
			}
			x.counts.Records++
			failed = x.line(l)
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) events(d Data) error {
	for _, buffer := range d.History.Buffers() {
		var failed error
		err := d.History.Each(x.ctx, buffer, func(e *event.Event, ephemeral bool) bool {
			if ephemeral {
				return true
			}
			var p event.Plain
			if p, failed = e.Plain(); failed == nil {
				x.counts.Events++
				failed = x.line(eventLine{kindEvent, buffer, p})
			}
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		if err != nil {
			return err
		}
	}
	return nil
}
