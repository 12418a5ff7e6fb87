package config

import (
	"fmt"
	"strings"
)

// A path names a value in a configuration: "limits.nick-length", and with the
// number of a table, from 0, "listener[2].address".

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func index(path string, i int) string {
	return fmt.Sprintf("%s[%d]", path, i)
}

// parent returns path without its last key or number; of "a[1].b" it is "a[1]".
func parent(path string) string {
	return path[:max(0, strings.LastIndexAny(path, ".["))]
}

// withoutIndices returns path as people read it: "listener.address".
func withoutIndices(path string) string {
	var b strings.Builder
	for path != "" {
		before, after, _ := strings.Cut(path, "[")
		b.WriteString(before)
		_, path, _ = strings.Cut(after, "]")
	}
	return b.String()
}
