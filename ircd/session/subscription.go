package session

import "slices"

// A Subscription is the keys of metadata whose changes a client wants to hear of,
// sorted. It is never modified, only replaced, so that reading it needs no lock.
// https://ircv3.net/specs/extensions/metadata#notifications
type Subscription []string

// Has reports whether the client has subscribed to the key.
func (u Subscription) Has(key string) bool {
	_, ok := slices.BinarySearch(u, key)
	return ok
}

// With returns the subscription with key; isNew is false if it has it already.
func (u Subscription) With(key string) (all Subscription, isNew bool) {
	i, found := slices.BinarySearch(u, key)
	if found {
		return u, false
	}
	return slices.Insert(slices.Clone(u), i, key), true
}

// Without returns the subscription without key.
func (u Subscription) Without(key string) Subscription {
	i, found := slices.BinarySearch(u, key)
	if !found {
		return u
	}
	return slices.Delete(slices.Clone(u), i, i+1)
}

// Subscription returns what the client has subscribed to.
func (s *Session) Subscription() Subscription {
	if u := s.subscription.Load(); u != nil {
		return *u
	}
	return nil
}

// Subscribe replaces what the client has subscribed to.
func (s *Session) Subscribe(u Subscription) { s.subscription.Store(&u) }
