package server

import (
	"github.com/parley-irc/parley/config"
)

// Load reads the configuration at path, which may be "", as config.Load does, and
// checks it. An error of the configuration is of type config.Problems and has all
// that is wrong.
func Load(path string, env []string) (*config.Config, error) {
	c, err := config.Load(path, env)
	if err != nil {
		return nil, err
	}
	if problems := Check(c); len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}
