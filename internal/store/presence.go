package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"iter"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/bus"
)

// Presence knows who has which case open, in whatever process of the practice. It is
// told and never stored, by ids and names of users only; where telling fails, each
// process knows its own people, and nothing waits for it.
type Presence struct {
	process string
	say     func(present) error
	log     *zap.Logger
	now     func() time.Time

	mu        sync.Mutex
	own       map[seat]*visit
	others    map[string]heard
	listeners []func()
}

// seat is somebody at a case.
type seat struct {
	Case string `json:"case"`
	User string `json:"user"`
}

// visit is that she is there: in so many pages, or until then.
type visit struct {
	since, until time.Time
	pages        int
}

// present is all that one process knows of its people.
type present struct {
	Process string `json:"process"`
	// New: it has just begun and knows of nobody else.
	New  bool    `json:"new,omitempty"`
	Here []being `json:"here"`
}

// being is a seat that is taken, since when.
type being struct {
	seat
	Since time.Time `json:"since"`
}

// heard is what another process said, and when, by our clock.
type heard struct {
	at   time.Time
	here []being
}

// visitor is somebody who has a case open.
type visitor struct {
	user  string
	since time.Time
}

// How long somebody counts as being there: after her page closed, for the next may be
// the same one again; after a page that does not say when it closes; after the last
// word of her process, which says so that often.
const (
	presenceGrace = 5 * time.Second
	presencePass  = 2 * time.Minute
	presenceTell  = 10 * time.Second
	presenceLapse = 3 * presenceTell
	// presenceMost is of how many a process tells at most.
	presenceMost = 1000
)

func newPresence(log *zap.Logger, now func() time.Time) *Presence {
	return &Presence{
		process: rand.Text(), say: func(present) error { return nil }, log: log, now: now,
		own: map[seat]*visit{}, others: map[string]heard{},
	}
}

// connect lets the processes hear each other. One that cannot knows its own people.
func (p *Presence) connect(b *bus.Bus) {
	wire, err := bus.NewWire(b, "presence", p.hear)
	if err != nil {
		p.log.Warn("who else looks at a case is not known", zap.Error(err))
		return
	}
	p.say = wire.Say
}

// Enter says that a user has a case open, until the function it returns is called.
func (p *Presence) Enter(id, user string) (leave func()) {
	v := p.sit(id, user, func(v *visit) { v.pages++ })
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		v.pages--
		v.until = p.now().Add(presenceGrace)
	})
}

// Pass says that a user was shown a case by a page that will not say when it is closed.
func (p *Presence) Pass(id, user string) {
	p.sit(id, user, func(v *visit) { v.until = p.now().Add(presencePass) })
}

func (p *Presence) sit(id, user string, f func(*visit)) *visit {
	p.mu.Lock()
	v, known := p.own[seat{id, user}]
	if !known {
		v = &visit{since: p.now()}
		p.own[seat{id, user}] = v
	}
	f(v)
	p.mu.Unlock()
	if !known {
		p.tell(false)
		p.changed()
	}
	return v
}

// Here are the users who have a case open, and since when: who came first first.
func (p *Presence) Here(id string) iter.Seq2[string, time.Time] {
	all := p.visitors(id)
	return func(yield func(string, time.Time) bool) {
		for _, v := range all {
			if !yield(v.user, v.since) {
				return
			}
		}
	}
}

func (p *Presence) visitors(id string) []visitor {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, since := p.now(), map[string]time.Time{}
	add := func(b being) {
		if at, known := since[b.User]; b.Case == id && (!known || b.Since.Before(at)) {
			since[b.User] = b.Since
		}
	}
	for _, b := range p.present(now) {
		add(b)
	}
	for _, h := range p.others {
		for _, b := range h.here {
			if now.Sub(h.at) < presenceLapse {
				add(b)
			}
		}
	}
	var out []visitor
	for user, at := range since {
		out = append(out, visitor{user, at})
	}
	slices.SortFunc(out, func(a, b visitor) int { return cmp.Or(a.since.Compare(b.since), cmp.Compare(a.user, b.user)) })
	return out
}

// OnChange has f called when somebody comes, anywhere, or was found to have gone.
func (p *Presence) OnChange(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listeners = append(p.listeners, f)
}

func (p *Presence) changed() {
	p.mu.Lock()
	listeners := p.listeners
	p.mu.Unlock()
	for _, f := range listeners {
		f()
	}
}

// KeepTold tells the other processes who is here, until ctx ends.
func (p *Presence) KeepTold(ctx context.Context) error {
	every := time.NewTicker(presenceTell)
	defer every.Stop()
	p.tell(true)
	for {
		select {
		case <-ctx.Done():
			p.mu.Lock()
			clear(p.own)
			p.mu.Unlock()
			p.tell(false)
			return nil
		case <-every.C:
			p.round()
		}
	}
}

// round tells again who is here, and finds out who is not any more.
func (p *Presence) round() {
	p.mu.Lock()
	now, before := p.now(), len(p.own)+len(p.others)
	for s, v := range p.own {
		if !v.there(now) {
			delete(p.own, s)
		}
	}
	for process, h := range p.others {
		if now.Sub(h.at) >= presenceLapse {
			delete(p.others, process)
		}
	}
	gone := len(p.own)+len(p.others) < before
	quiet := len(p.own) == 0 && !gone
	p.mu.Unlock()
	if !quiet {
		p.tell(false)
	}
	if gone {
		p.changed()
	}
}

func (v *visit) there(now time.Time) bool { return v.pages > 0 || now.Before(v.until) }

// present is who is here by what this process knows itself. The caller holds the lock.
func (p *Presence) present(now time.Time) []being {
	out := make([]being, 0, len(p.own))
	for s, v := range p.own {
		if v.there(now) && len(out) < presenceMost {
			out = append(out, being{s, v.since})
		}
	}
	return out
}

func (p *Presence) tell(fresh bool) {
	p.mu.Lock()
	state := present{Process: p.process, New: fresh, Here: p.present(p.now())}
	p.mu.Unlock()
	if err := p.say(state); err != nil {
		p.log.Warn("who looks at a case is not told", zap.Error(err))
	}
}

// hear takes what a process says, and tells a new one who is here.
func (p *Presence) hear(said present) {
	if said.Process == p.process {
		return
	}
	p.mu.Lock()
	before := p.others[said.Process].here
	p.others[said.Process] = heard{p.now(), said.Here}
	if len(said.Here) == 0 {
		delete(p.others, said.Process)
	}
	answer := said.New && len(p.own) > 0
	p.mu.Unlock()
	if answer {
		p.tell(false)
	}
	if !slices.EqualFunc(before, said.Here, func(a, b being) bool { return a.seat == b.seat }) {
		p.changed()
	}
}
