//go:build race

package chaos

// raceFlag lets the servers have the race detector if the test has it.
const raceFlag = "-race"
