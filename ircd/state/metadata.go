package state

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/event"
)

// Metadata is what users and operators have noted about a user or a channel,
// sorted by key. It is never modified, only replaced, so that it can be read
// without a lock once taken. https://ircv3.net/specs/extensions/metadata
type Metadata []Note

// A Note is one key of metadata with its value.
type Note struct{ Key, Value string }

// ValidMetaKey reports whether key can be the key of metadata, of at most max
// bytes. https://ircv3.net/specs/extensions/metadata#keys-and-values
func ValidMetaKey(key string, max int) bool {
	if key == "" || len(key) > max {
		return false
	}
	for _, c := range []byte(key) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte("_./-", c) < 0 {
			return false
		}
	}
	return true
}

func (m Metadata) find(key string) (i int, found bool) {
	return slices.BinarySearchFunc(m, key, func(n Note, key string) int { return strings.Compare(n.Key, key) })
}

// Get returns the value of a key that is set.
func (m Metadata) Get(key string) (value string, ok bool) {
	if i, found := m.find(key); found {
		return m[i].Value, true
	}
	return "", false
}

// Keys returns the keys that are set.
func (m Metadata) Keys() []string {
	keys := make([]string, len(m))
	for i, n := range m {
		keys[i] = n.Key
	}
	return keys
}

// Size returns how many bytes the keys and values have.
func (m Metadata) Size() (n int) {
	for _, note := range m {
		n += len(note.Key) + len(note.Value)
	}
	return n
}

// With returns m with another value of a key.
func (m Metadata) With(key, value string) Metadata {
	i, found := m.find(key)
	m = slices.Clone(m)
	if found {
		m[i].Value = value
		return m
	}
	return slices.Insert(m, i, Note{key, value})
}

// Without returns m without a key.
func (m Metadata) Without(key string) Metadata {
	if i, found := m.find(key); found {
		return slices.Delete(slices.Clone(m), i, i+1)
	}
	return m
}

func (m Metadata) after(f event.Fact) Metadata {
	if f.Gone {
		return m.Without(f.A)
	}
	return m.With(f.A, f.Text)
}

// Metadata returns the user's metadata.
func (u *User) Metadata() Metadata {
	if m := u.meta.Load(); m != nil {
		return *m
	}
	return nil
}

// MetaTombs returns how many keys of u's metadata have been removed and are still
// remembered, for other servers' sake.
func (tx *Tx) MetaTombs(u *User) (n int) {
	for k, v := range u.facts {
		if k.kind == event.UserMeta && v.Gone {
			n++
		}
	}
	return n
}

// Metadata returns the channel's metadata.
func (v View) Metadata() Metadata { return v.ch.meta }

// MetaTombs returns how many keys of the channel's metadata have been removed and
// are still remembered, for other servers' sake.
func (cx ChannelTx) MetaTombs() (n int) {
	for k, v := range cx.ch.facts {
		if k.Kind == event.ChannelMeta && v.Gone {
			n++
		}
	}
	return n
}
