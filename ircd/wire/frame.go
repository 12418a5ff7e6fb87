package wire

import (
	"sync"
	"sync/atomic"

	"github.com/parley-irc/parley/ircd/caps"
	"github.com/parley-irc/parley/ircd/lang"
)

// A Frame is what many clients are told at once. Its forms say what it looks
// like to which kind of client; the kind also decides which tags are read. Each
// kind is serialised once, when its first client is served, and the bytes are
// shared by all. It is safe for concurrent use; its messages must not be
// modified any more.
type Frame struct {
	// Echo marks PRIVMSG, NOTICE and TAGMSG: the session that caused it gets
	// it only with echo-message.
	Echo bool

	forms    []Form
	relevant caps.Set // capabilities on which the bytes depend
	spoken   bool     // some message has a text, so that the bytes depend on the language
	encoded  atomic.Pointer[encoding]

	own   encoding // the first
	taken atomic.Bool

	form [1]Form // of a frame with one form, and
	line [1]Message
}

// A Form is a frame as read by clients that have all of Needs and none of
// Without. A form without lines sends nothing.
type Form struct {
	Needs, Without caps.Set
	Lines          []Message
}

func (f *Form) fits(has caps.Set) bool { return has.HasAll(f.Needs) && !has.HasAny(f.Without) }

// An encoding is a frame as read by one kind of client. Encodings form a list
// that only grows at its head: a channel knows few kinds, and walking past two
// or three costs less than any map.
type encoding struct {
	kind  caps.Set // what the client has of Frame.relevant
	in    *lang.Catalogue
	bytes []byte
	next  *encoding
}

// One returns a frame of one message, the same for all clients.
func One(m Message) *Frame {
	f := &Frame{line: [1]Message{m}}
	f.form[0].Lines = f.line[:]
	f.setForms(f.form[:])
	return f
}

// Lines returns a frame of several messages, the same for all clients.
func Lines(ms ...Message) *Frame {
	f := &Frame{form: [1]Form{{Lines: ms}}}
	f.setForms(f.form[:])
	return f
}

// Of returns a frame of the given forms. A client reads the first that fits it;
// if none does, it is sent nothing.
func Of(forms ...Form) *Frame {
	f := &Frame{}
	f.setForms(forms)
	return f
}

func (f *Frame) setForms(forms []Form) {
	f.forms = forms
	for i := range forms {
		f.relevant |= forms[i].Needs | forms[i].Without
		for j := range forms[i].Lines {
			f.spoken = f.spoken || forms[i].Lines[j].Text != nil
			for k := range forms[i].Lines[j].Tags {
				f.relevant |= readBy(forms[i].Lines[j].Tags[k].Key)
			}
		}
	}
}

// Messages returns what a client with these capabilities is sent.
func (f *Frame) Messages(has caps.Set) []Message {
	for i := range f.forms {
		if f.forms[i].fits(has) {
			return f.forms[i].Lines
		}
	}
	return nil
}

// Bytes returns the lines that a client with these capabilities is sent, in the
// language of its catalogue. They are shared and must not be modified. The result is
// empty if it is sent nothing.
func (f *Frame) Bytes(has caps.Set, in *lang.Catalogue) []byte {
	kind := has & f.relevant
	if !f.spoken {
		in = nil
	}
	for e := f.encoded.Load(); e != nil; e = e.next {
		if e.kind == kind && e.in == in {
			return e.bytes
		}
	}
	return f.encode(kind, in)
}

// scratch holds buffers in which lines are encoded before their length is known.
var scratch = sync.Pool{New: func() any { b := make([]byte, 0, 2*MaxBody); return &b }}

func (f *Frame) encode(kind caps.Set, in *lang.Catalogue) []byte {
	e := f.room()
	e.kind, e.in = kind, in
	p := scratch.Get().(*[]byte)
	b := (*p)[:0]
	lines := f.Messages(kind)
	for i := range lines {
		b = lines[i].AppendIn(b, kind, in)
	}
	if len(b) > 0 {
		e.bytes = append(make([]byte, 0, len(b)), b...)
	}
	if cap(b) <= MaxTags {
		*p = b
		scratch.Put(p)
	}
	return f.publish(e)
}

// room returns an encoding that is empty. Most frames have one or two.
func (f *Frame) room() *encoding {
	if f.taken.CompareAndSwap(false, true) {
		return &f.own
	}
	return new(encoding)
}

// publish adds e to the encodings, unless another goroutine was faster, and
// returns the bytes that all clients of its kind share.
func (f *Frame) publish(e *encoding) []byte {
	for {
		head := f.encoded.Load()
		for have := head; have != nil; have = have.next {
			if have.kind == e.kind && have.in == e.in {
				return have.bytes
			}
		}
		e.next = head
		if f.encoded.CompareAndSwap(head, e) {
			return e.bytes
		}
	}
}
