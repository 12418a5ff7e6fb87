package history

import "time"

// A Breath is taken by those who have much to do and no hurry: on a machine with one
// processor, whoever is told something waits until they rest. Yielding is not enough: the
// network is looked at only when nobody wants to run. The zero value is for work in the
// background.
type Breath struct {
	// Work is for how long nobody else gets to run; 0 is 250 µs.
	Work time.Duration
	// Ease is how long the rest is; 0 is twice as long as the work took.
	Ease  time.Duration
	since time.Time
}

// Take rests, if it is time to. Without a Breath nobody does.
func (b *Breath) Take() {
	const work, most = 250 * time.Microsecond, 10 * time.Millisecond
	if b == nil {
		return
	}
	if b.Work == 0 {
		b.Work = work
	}
	now := time.Now()
	switch worked := now.Sub(b.since); {
	case b.since.IsZero():
		b.since = now
		return
	case worked < b.Work:
		return
	case b.Ease > 0:
		time.Sleep(b.Ease)
	default:
		time.Sleep(min(2*worked, most)) // it may have been something else that took so long
	}
	b.since = time.Now()
}
