package network

import (
	"context"
	"errors"

	"github.com/fxamacker/cbor/v2"
)

// Servers compare what they know without telling it: sums of the facts of each scope (a user,
// a channel), and of those the sums of a few buckets. Only of the buckets that differ are the
// scopes told, and only of the scopes that differ the facts.

// buckets is into how many parts servers divide what they know to compare it.
const buckets = 256

// bucketOf is FNV-1a of the scope: every server has to put it into the same bucket.
func bucketOf(scope string) uint16 {
	h := uint32(2166136261)
	for i := range len(scope) {
		h = (h ^ uint32(scope[i])) * 16777619
	}
	return uint16(h % buckets)
}

// sums are the sums of all scopes, by bucket.
type sums [buckets]map[string]uint64

func (n *Network) sums() (all sums) {
	n.World.Sums(func(scope string, sum uint64) { all.add(scope, sum) })
	return all
}

func (s *sums) add(scope string, sum uint64) {
	b := bucketOf(scope)
	if s[b] == nil {
		s[b] = map[string]uint64{}
	}
	s[b][scope] = sum
}

// of returns the sum of each bucket. It makes no difference in which order scopes are added.
func (s *sums) of() []uint64 {
	all := make([]uint64, buckets)
	for i, bucket := range s {
		for scope, sum := range bucket {
			h := uint64(14695981039346656037)
			for j := range len(scope) {
				h = (h ^ uint64(scope[j])) * 1099511628211
			}
			all[i] += (h ^ sum) * 0x9e3779b97f4a7c15
		}
	}
	return all
}

func (n *Network) answerSums(context.Context, *query) ([]byte, error) {
	s := n.sums()
	return cbor.Marshal(s.of())
}

// A scoped is a scope with its sum.
type scoped struct {
	Scope string `cbor:"1,keyasint"`
	Sum   uint64 `cbor:"2,keyasint"`
}

// scopeList is the answer to askScopes: of the first Done buckets that were asked for.
type scopeList struct {
	Scopes []scoped `cbor:"1,keyasint"`
	Done   int      `cbor:"2,keyasint"`
}

func (n *Network) answerScopes(_ context.Context, q *query) ([]byte, error) {
	s := n.sums()
	var list scopeList
	size := 0
	for _, b := range q.Bucket {
		if size > page {
			break
		}
		list.Done++
		for scope, sum := range s[b%buckets] {
			list.Scopes = append(list.Scopes, scoped{scope, sum})
			size += len(scope) + 16
		}
	}
	return cbor.Marshal(list)
}

// differences returns the scopes of which the other server knows something else, with
// the sums of what both know.
func (n *Network) differences(ctx context.Context, p *peer) (all map[string][2]uint64, err error) {
	all = map[string][2]uint64{}
	var theirs []uint64
	if err := n.inquire(ctx, p, query{Kind: askSums}, &theirs); err != nil {
		return nil, err
	}
	if len(theirs) != buckets {
		return nil, errors.New("the other server compares in another way")
	}
	mine := n.sums()
	var differ []uint16
	for i, sum := range mine.of() {
		if sum != theirs[i] {
			differ = append(differ, uint16(i))
		}
	}
	for len(differ) > 0 {
		var list scopeList
		if err := n.inquire(ctx, p, query{Kind: askScopes, Bucket: differ}, &list); err != nil {
			return nil, err
		}
		if list.Done < 1 || list.Done > len(differ) {
			return nil, errors.New("the other server does not come to an end")
		}
		for _, s := range list.Scopes {
			bucket := mine[bucketOf(s.Scope)]
			if sum := bucket[s.Scope]; sum != s.Sum {
				all[s.Scope] = [2]uint64{sum, s.Sum}
			}
			delete(bucket, s.Scope)
		}
		for _, b := range differ[:list.Done] {
			for scope, sum := range mine[b] { // of these, the other may know that they are no more
				all[scope] = [2]uint64{sum}
			}
		}
		differ = differ[list.Done:]
	}
	return all, nil
}
