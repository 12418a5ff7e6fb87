package lang

import "time"

var units = []struct {
	size time.Duration
	text Text
}{
	{24 * time.Hour, "{%d day|%d days}"},
	{time.Hour, "{%d hour|%d hours}"},
	{time.Minute, "{%d minute|%d minutes}"},
	{time.Second, "{%d second|%d seconds}"},
}

// Date returns a point of time in the one form that all languages share.
func Date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Duration returns how long something lasts, as people say it: in one unit, or in two
// if the second one says something. Less than a second is none.
func Duration(d time.Duration) Phrase {
	for i, u := range units {
		if d < u.size {
			continue
		}
		big := u.text.With(int(d / u.size))
		if i+1 == len(units) {
			return big
		}
		if next := units[i+1]; d%u.size >= next.size {
			return Text("%s %s").With(big, next.text.With(int(d%u.size/next.size)))
		}
		return big
	}
	return units[len(units)-1].text.With(0)
}
