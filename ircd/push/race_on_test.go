//go:build race

package push

// detectsRaces reports whether the test is built with the race detector.
const detectsRaces = true
