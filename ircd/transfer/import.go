package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Like reports whether a file begins as one that Export has written.
func Like(head []byte) bool { return strings.HasPrefix(string(head), `{"kind":"`+kindHead+`"`) }

// Import reads what Export has written, and adds it to a sink; it is durable then. After
// an error a part of it has been added: importing it again adds the rest.
func Import(ctx context.Context, r io.Reader, to *Sink) error {
	err := readExport(ctx, r, to)
	if err = errors.Join(err, to.Finish(ctx)); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return nil
}

// Errors of an import from an export.
var (
	ErrForm       = errors.New("this is not an export of Parley")
	ErrNewer      = errors.New("this export was written by a newer version of Parley; update this one")
	ErrIncomplete = errors.New("the export ends too early: what there is of it has been imported")
)

// longest is how long a line may be, in bytes: that of the largest record, as text.
const longest = 8 << 20

// readExport reads what Export has written.
func readExport(ctx context.Context, r io.Reader, to *Sink) error {
	in := bufio.NewScanner(r)
	in.Buffer(nil, longest)
	var found Counts
	var end *endLine
	for n := 1; in.Scan(); n++ {
		var err error
		switch {
		case end != nil:
			err = errors.New("there is more after the end")
		case n == 1:
			err = readHead(in.Bytes())
		default:
			end, err = readLine(ctx, in.Bytes(), &found, to)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	switch {
	case in.Err() != nil:
		return in.Err()
	case end == nil || end.Counts != found:
		return ErrIncomplete
	}
	return nil
}

func readHead(line []byte) error {
	var h headLine
	if err := json.Unmarshal(line, &h); err != nil || h.Kind != kindHead {
		return ErrForm
	}
	if h.Version > version {
		return ErrNewer
	}
	return nil
}

// readLine reads a line after the first. Kinds that it does not know it leaves out.
func readLine(ctx context.Context, line []byte, found *Counts, to *Sink) (end *endLine, err error) {
	var kind struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(line, &kind); err != nil {
		return nil, err
	}
	switch kind.Kind {
	case kindRecord:
		found.Records++
		var l recordLine
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, err
		}
		if l.RawKey != nil {
			l.Key = string(l.RawKey)
		}
		if l.Raw != nil {
			l.Value = l.Raw
		}
		return nil, to.Record(ctx, l.Shelf, l.Key, l.Value)
	case kindEvent:
		found.Events++
		var l eventLine
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, err
		}
		e, err := l.Event()
		if err != nil {
			to.Note("%v", err) // of a newer version, perhaps: the others are worth having
			return nil, nil
		}
		return nil, to.Event(ctx, l.Buffer, e)
	case kindEnd:
		end = new(endLine)
		return end, json.Unmarshal(line, end)
	}
	to.Note("lines of the kind %q are of a newer version, and left out", kind.Kind)
	return nil, nil
}
