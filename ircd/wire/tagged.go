package wire

import "bytes"

// AppendTagged appends line, made by Append, with one more tag: "label" or
// "batch". The value must not exceed MaxLabel bytes.
//
// A response is queued before it is known whether it needs a label or a batch;
// adding the tag to the finished line spares encoding it again.
func AppendTagged(b, line []byte, t Tag) []byte {
	b = append(b, '@')
	b = t.append(b)
	if len(line) > 0 && line[0] == '@' {
		b = append(b, ';')
		return append(b, line[1:]...)
	}
	b = append(b, ' ')
	return append(b, line...)
}

// InBatch reports whether line, made by Append, has the tag "batch".
func InBatch(line []byte) bool {
	if len(line) == 0 || line[0] != '@' {
		return false
	}
	tags, _, _ := bytes.Cut(line[1:], []byte(" "))
	for len(tags) > 0 {
		if bytes.HasPrefix(tags, []byte("batch=")) {
			return true
		}
		_, tags, _ = bytes.Cut(tags, []byte(";"))
	}
	return false
}

// IsBatch reports whether lines, made by Append, are exactly one batch, from
// its first line to its last.
func IsBatch(lines []byte) bool {
	n, inside, last := 0, true, []byte(nil)
	for line := range bytes.Lines(lines) {
		if n == 0 && !isCommand(line, "BATCH +") {
			return false
		}
		if n > 1 {
			inside = inside && InBatch(last)
		}
		n, last = n+1, line
	}
	return n > 1 && inside && isCommand(last, "BATCH -") && !InBatch(last)
}

// isCommand reports whether line continues with s after its tags and source.
func isCommand(line []byte, s string) bool {
	for _, mark := range []byte("@:") {
		if len(line) > 0 && line[0] == mark {
			_, line, _ = bytes.Cut(line, []byte(" "))
		}
	}
	return bytes.HasPrefix(line, []byte(s))
}
