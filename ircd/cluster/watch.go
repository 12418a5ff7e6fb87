package cluster

import "time"

// broadcast says hello to all.
func (n *Node) broadcast() {
	n.mu.Lock()
	e, sealed := n.engine, n.sealed
	n.greeted = time.Now()
	n.mu.Unlock()
	if e == nil {
		return
	}
	sealed.Time = n.o.Clock.Now()
	if b, err := sealed.encode(); err == nil {
		_ = e.hellos.Publish(helloSubject, b)
	}
}

// watch looks after what is connected, until the node is closed.
func (n *Node) watch() {
	t := time.NewTicker(tick / 2)
	defer t.Stop()
	for i := 0; ; i++ {
		select {
		case <-n.ctx.Done():
			return
		case <-n.log.lost:
			n.sweep()
		case <-t.C:
			n.sweep()
			if i%2 == 0 {
				n.keepTime()
				n.mend()
				n.beat()
			}
		}
	}
}

// beat looks after the lanes, and says hello now and then.
func (n *Node) beat() {
	n.mu.Lock()
	var lanes []*lane
	settled := true
	for _, p := range n.met {
		lanes = append(lanes, p.lanes[:]...)
		settled = settled && time.Since(p.since) > 10*tick
	}
	due := time.Since(n.greeted) > 5*tick || !settled || len(n.met) == 0
	n.mu.Unlock()
	for _, l := range lanes {
		l.beat()
	}
	if due {
		n.broadcast()
	}
}

// sweep forgets servers that are no longer connected.
func (n *Node) sweep() {
	n.mu.Lock()
	e := n.engine
	n.mu.Unlock()
	if e == nil || e.server.NumRemotes() == n.count() && !n.log.any() {
		return
	}
	routed := e.routed()
	n.mu.Lock()
	var gone []*peer
	for id, p := range n.met {
		if _, there := routed[id]; !there && p.engine == e {
			gone = append(gone, n.forget(id))
		}
	}
	n.mu.Unlock()
	for _, p := range gone {
		p.stop(closing{reason: "the connection to it is lost"}, false)
	}
}

func (n *Node) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.met)
}

// keepTime lets the clock follow the wall clock, or not.
func (n *Node) keepTime() {
	n.mu.Lock()
	var lanes []*lane
	for _, p := range n.met {
		lanes = append(lanes, p.lanes[servicesLane])
	}
	n.mu.Unlock()
	var others []time.Duration
	for _, l := range lanes {
		if ahead, ok := l.wall(); ok {
			others = append(others, ahead)
		}
	}
	change, ahead := n.o.Clock.follow(others)
	ahead = ahead.Round(time.Millisecond)
	switch change {
	case clockApart:
		if n.report.due("clock") {
			n.o.Log.Error("the clock of this machine is wrong: those of the other servers have not jumped; this server keeps their time, until the clock is right or the server is started again", "ahead", ahead)
			n.o.Tell("The clock of this machine differs by %v from those of the other servers: this server keeps their time; set the clock right", ahead)
		}
	case clockRight:
		n.report.forget("clock")
		n.o.Log.Info("the clock of this machine is right again")
		n.o.Tell("The clock of this machine is right again")
	case clockJumped:
		n.o.Log.Warn("the clock of this machine has jumped, and this server follows it", "by", ahead)
		n.o.Tell("The clock of this machine has jumped by %v, and this server follows it", ahead)
	}
}

// wall returns how far the wall clock of the other server is ahead of this server's time.
func (l *lane) wall() (ahead time.Duration, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pulse.wall, l.up && !l.pulse.came.IsZero() && time.Since(l.pulse.came) < silence
}
