package httpapi

import (
	"slices"
	"strings"

	"github.com/parley-irc/parley/ircd/casemap"
)

// A List is a page of a list.
type List[T any] struct {
	Items []T    `json:"items" doc:"What was found, in the order of the names."`
	Total int    `json:"total" doc:"How many match in all."`
	Next  string `json:"next,omitempty" doc:"Where to go on: the parameter after of the next request. Missing if there is no more."`
}

// A Paging says which page.
type Paging struct {
	Match string `query:"match" doc:"A mask with * and ?, for the name."`
	Limit int    `query:"limit" range:"1..1000" default:"100" doc:"How many at most."`
	After string `query:"after" doc:"Go on behind this one: next of the answer before."`
}

// paged returns a page of all, made by show. The names are compared as the network
// compares them.
func paged[T, R any](c *Call, q Paging, all []T, name func(T) string, keep func(T) bool, show func(T) R) List[R] {
	m := c.Core.Network.World.Mapping
	mask := m.Compile("*")
	if q.Match != "" {
		mask = m.Compile(q.Match)
	}
	folded := func(t T) casemap.Folded { return m.Fold(name(t)) }
	all = slices.DeleteFunc(slices.Clone(all), func(t T) bool { return !mask.Match(name(t)) || !keep(t) })
	slices.SortFunc(all, func(a, b T) int { return strings.Compare(string(folded(a)), string(folded(b))) })
	l := List[R]{Items: []R{}, Total: len(all)}
	after := m.Fold(q.After)
	for _, t := range all {
		if q.After != "" && folded(t) <= after {
			continue
		}
		if len(l.Items) == q.Limit {
			break
		}
		l.Items = append(l.Items, show(t))
		l.Next = name(t)
	}
	if len(l.Items) < q.Limit || l.Next == "" || l.Next == name(all[len(all)-1]) {
		l.Next = ""
	}
	return l
}

func everything[T any](T) bool { return true }
