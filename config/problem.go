package config

import (
	"fmt"
	"math"
	"strings"
)

// A Problem is one thing that is wrong in a configuration.
type Problem struct {
	// File is the name of the file, or of the variable of the environment.
	File string
	// Line is the line in that file, from 1; 0 if there is none.
	Line int
	// Key is the whole key, such as "limits.nick-length"; "" if there is none.
	Key string
	// Message says what is wrong and what the right form is.
	Message string
}

// String returns the problem as one line: "parley.toml:12: limits.modes: …".
func (p Problem) String() string {
	var parts []string
	if p.File != "" {
		at := p.File
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d", p.File, p.Line)
		}
		parts = append(parts, at)
	}
	if p.Key != "" {
		parts = append(parts, p.Key)
	}
	return strings.Join(append(parts, p.Message), ": ")
}

// order sorts problems: by line, then those that have none.
func (p Problem) order() int {
	if p.Line == 0 {
		return math.MaxInt
	}
	return p.Line
}

// Problems is the error of a configuration that cannot be used: all that is
// wrong in it, in the order of the file.
type Problems []Problem

// Error returns one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
