package network

// give notes that a run of the server was asked for what this one has said and lost, and what
// it had by then.
func (p *peer) give(boot string, turn map[string]uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server.Boot == boot {
		p.gave, p.turn = true, turn
	}
}

func (p *peer) given() (gave bool, turn map[string]uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gave, p.turn
}

// find notes that the server has found something, look that it is asked for that.
func (p *peer) find() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = true
}

func (p *peer) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = false
}

func (p *peer) hasFound() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.found
}

// givers returns the servers that were asked for what this one has lost.
func (ps *peers) givers() (all []string) {
	for _, p := range ps.sorted() {
		if gave, _ := p.given(); gave {
			all = append(all, p.sid)
		}
	}
	return all
}
