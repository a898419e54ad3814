package alert

import (
	"context"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert/roster"
)

// Pager looks at all checks and calls people until it is over. One process of a practice
// runs it. All of it happens in Run's goroutine but the sending.
type Pager struct {
	Checks   []Check
	Channels []Channel
	// Plan says who is called, with the overrides of now.
	Plan func() *roster.Plan
	// Watch are lines that are told everything, whoever is on call, such as a terminal.
	Watch  []roster.Line
	Memory Memory
	Acks   Acks
	States States
	// History keeps what is over; nil: nothing does.
	History History
	Pace    Pace
	// Beat says after each look whether people can be called and everything could be
	// looked at; nil: nobody listens.
	Beat func(ctx context.Context, well bool) error
	// Practice makes the names of incidents differ between practices; From and Desk are
	// those of notices.
	Practice, From, Desk string
	// Every is the longest time between two looks.
	Every time.Duration
	Log   *zap.Logger
	// Now is the clock.
	Now func() time.Time

	open map[string]*Told // by key, as in Memory
	// unsaved has the keys that are to be stored, refused those that Memory did not take
	// as they are, such as a full store, and saved those that it has taken.
	unsaved, refused, saved map[string]bool
	pasts                   map[string]Past  // what is over and not kept yet
	states                  map[string]State // how channels do, as it is not stored yet
	channel                 map[string]Channel
	stuck                   map[string]*atomic.Int32 // by channel: calls that did not heed their end
	busy                    map[string]bool          // what is being used to send something; see busyKey
	flying                  map[*Told]int            // how many notices about a trouble are
	done                    chan result
	sent                    map[string][]stamp    // by line, in the last hour
	slow                    map[string]time.Time  // when each line last took what is told once an hour at most
	clocked                 map[string]time.Time  // acknowledgements from ahead of the clock: when they were first seen
	untold                  map[string]time.Time  // since when a page is known that nobody heard
	nobody                  bool                  // the plan has no people, but perhaps a team
	asking                  map[string]chan found // checks that do not come back
	beating                 chan struct{}
	next                    time.Time // when something is due
}

// Pace is how often people are told. The zero value of each is the default.
type Pace struct {
	// Repeat is after what time a page is repeated that nobody acknowledged: 10 min.
	Repeat time.Duration
	// Forgotten is how long after it was acknowledged who did so is reminded: 30 min. She
	// has as long as Repeat to say it again before everybody is called anew.
	Forgotten time.Duration
	// Most is how many notices one person gets in an hour at most: 20. Repeats use two thirds
	// of it, a third of it in ten minutes; the rest is for what nobody has heard of. What is
	// not sent then is in the next one.
	Most int
}

func (p Pace) orDefault() Pace {
	if p.Repeat == 0 {
		p.Repeat = 10 * time.Minute
	}
	if p.Forgotten == 0 {
		p.Forgotten = 30 * time.Minute
	}
	if p.Most == 0 {
		p.Most = 20
	}
	return p
}

// settle gathers what happens together, so that a burst is told as one.
const settle = 250 * time.Millisecond

// Run looks when woken, when something is due, and at least Every, until ctx ends. What
// is being sent then is waited for.
func (p *Pager) Run(ctx context.Context, wake <-chan struct{}) error {
	p.recall()
	var looked, settled time.Time // settled is when a burst ends; zero: there is none
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer p.drain(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
			if settled.IsZero() { // a burst that does not end puts the look off once only
				settled = time.Now().Add(settle)
			}
		case r := <-p.done:
			if p.take(r); settled.IsZero() {
				p.act(ctx)
			}
		case <-timer.C:
			p.look(ctx)
			looked, settled = time.Now(), time.Time{}
		}
		timer.Reset(p.pause(looked, settled))
	}
}

// pause is for how long nothing is to be looked at.
func (p *Pager) pause(looked, settled time.Time) time.Duration {
	if !settled.IsZero() {
		return max(time.Until(settled), 0)
	}
	wait := max(time.Until(looked.Add(p.Every)), 0)
	if !p.next.IsZero() {
		wait = min(wait, max(p.next.Sub(p.Now()), 10*time.Millisecond))
	}
	return wait
}

// recall begins with what people know.
func (p *Pager) recall() {
	p.Pace = p.Pace.orDefault()
	p.open, p.unsaved, p.refused, p.saved = map[string]*Told{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	p.busy, p.flying, p.asking, p.pasts = map[string]bool{}, map[*Told]int{}, map[string]chan found{}, map[string]Past{}
	p.sent, p.slow, p.clocked, p.untold = map[string][]stamp{}, map[string]time.Time{}, map[string]time.Time{}, map[string]time.Time{}
	p.channel, p.stuck, p.states = map[string]Channel{}, map[string]*atomic.Int32{}, map[string]State{}
	p.done, p.beating = make(chan result, 64), make(chan struct{}, 1)
	for _, c := range p.Channels {
		p.channel[c.Name], p.stuck[c.Name] = c, new(atomic.Int32)
	}
	p.mended()
	for _, t := range p.Memory.All() {
		if p.open[t.Alert.Key] = &t; t.Lines == nil {
			t.Lines = map[string]Heard{}
		}
		if t.Name == "" { // of a version that called nobody by name
			t.Name, t.Began, t.Stepped = p.name(t.Alert.Key), p.Now(), p.Now()
		}
		p.saved[t.Alert.Key] = true
		for key, h := range t.Lines {
			line := lineOnly(key)
			p.stamps(line, h, t.Alert.Severity)
			if t.Alert.Severity == Slow && h.Last.After(p.slow[line]) {
				p.slow[line] = h.Last
			}
		}
	}
}

// mended forgets faults of lines that are not in the plan any more: the number was changed.
func (p *Pager) mended() {
	there := map[string]bool{}
	for _, person := range p.Plan().People {
		for _, l := range person.Lines {
			there[person.Name+" "+p.lineKey(l)] = true
		}
	}
	for _, s := range p.States.All() {
		for person, f := range s.Of {
			if !there[person+" "+f.Line] {
				s = s.of(person, nil)
				p.states[s.Channel] = s
			}
		}
	}
}

// drain takes the results of what is under way, so that a stop repeats nothing, and waits
// for the last heartbeat.
func (p *Pager) drain(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for len(p.busy) > 0 {
		p.take(<-p.done)
	}
	p.leave(ctx)
	select {
	case p.beating <- struct{}{}:
	case <-time.After(patience):
	}
}

// look sees what is wrong now, and acts.
func (p *Pager) look(ctx context.Context) {
	seen := p.see(ctx)
	if ctx.Err() != nil {
		return
	}
	p.reconcile(seen)
	p.remember()
	p.act(ctx)
	p.beat(ctx, seen.well)
}

// act sends what is due.
func (p *Pager) act(ctx context.Context) {
	d := p.decide()
	p.next = d.next
	p.send(ctx, d.calls)
	for _, t := range d.changed {
		p.touch(t)
	}
	for _, t := range d.ended {
		p.forget(t, d.acks[t.Alert.Key].At)
	}
	p.store(ctx)
}

// beat tells the outside how it goes, beside everything else.
func (p *Pager) beat(ctx context.Context, well bool) {
	if p.Beat == nil {
		return
	}
	select {
	case p.beating <- struct{}{}:
	default:
		return // the last one is still under way
	}
	well = well && !p.unheard()
	go func() {
		defer func() { <-p.beating }()
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := p.Beat(ctx, well); err != nil && ctx.Err() == nil {
			p.Log.Warn("the heartbeat was not taken", zap.String("why", WhyOf(err)))
		}
	}()
}

// Lifeboat is a pager of the same people that needs no store: it starts with nothing and
// looks at one check alone. Every process may run one; providers that keep incidents know
// by the name that several tell of the same.
func (p *Pager) Lifeboat(c Check) *Pager {
	return &Pager{
		Checks: []Check{c}, Channels: p.Channels, Plan: p.Plan, Watch: p.Watch, Pace: p.Pace,
		Memory: &Local[Told]{Key: func(t Told) string { return t.Alert.Key }}, Acks: &Local[Ack]{Key: func(a Ack) string { return a.Key }},
		States: &Local[State]{Key: func(s State) string { return s.Channel }}, Practice: p.Practice, From: p.From, Desk: p.Desk,
		Every: p.Every, Log: p.Log, Now: p.Now,
	}
}
