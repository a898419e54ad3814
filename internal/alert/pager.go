package alert

import (
	"context"
	"errors"
	"maps"
	"slices"
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
	// unsaved has the keys that are to be stored, and refused those that Memory did not take
	// as they are, such as a full store.
	unsaved, refused map[string]bool
	channel          map[string]Channel
	busy             map[string]bool // what is being used to send something; see busyKey
	flying           map[*Told]int   // how many notices about a trouble are
	done             chan result
	sent             map[string][]time.Time // by person, in the last hour
	slow             map[string]time.Time   // when each line last took what is told once an hour at most
	clocked          map[string]time.Time   // acknowledgements from ahead of the clock: when they were first seen
	leaving          bool                   // another pager may be at work
	asking           map[string]chan found  // checks that do not come back
	beating          chan struct{}
	next             time.Time // when something is due
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
	timer := time.NewTimer(0)
	defer timer.Stop()
	defer p.drain(ctx)
	settling := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
			if !settling { // a burst that does not end puts the look off once only
				settling = true
				timer.Reset(settle)
			}
			continue
		case r := <-p.done:
			p.take(ctx, r)
			if settling {
				continue
			}
			p.act(ctx)
		case <-timer.C:
			settling = false
			p.look(ctx)
		}
		timer.Reset(p.pause())
	}
}

// pause is how long nothing is to be done.
func (p *Pager) pause() time.Duration {
	wait := p.Every
	if !p.next.IsZero() {
		wait = min(wait, max(p.next.Sub(p.Now()), 10*time.Millisecond))
	}
	return wait
}

// recall begins with what people know.
func (p *Pager) recall() {
	p.Pace = p.Pace.orDefault()
	p.open, p.unsaved, p.busy, p.flying = map[string]*Told{}, map[string]bool{}, map[string]bool{}, map[*Told]int{}
	p.channel, p.sent, p.asking = map[string]Channel{}, map[string][]time.Time{}, map[string]chan found{}
	p.refused, p.slow, p.clocked = map[string]bool{}, map[string]time.Time{}, map[string]time.Time{}
	p.done, p.beating = make(chan result, 64), make(chan struct{}, 1)
	for _, c := range p.Channels {
		p.channel[c.Name] = c
	}
	for _, t := range p.Memory.All() {
		if p.open[t.Alert.Key] = &t; t.Lines == nil {
			t.Lines = map[string]Heard{}
		}
		if t.Name == "" { // of a version that called nobody by name
			t.Name, t.Began, t.Stepped = p.name(t.Alert.Key), p.Now(), p.Now()
		}
		for key, h := range t.Lines {
			p.sent[h.Person] = append(p.sent[h.Person], h.Recent...)
			if line := lineOnly(key); t.Alert.Severity == Slow && h.Last.After(p.slow[line]) {
				p.slow[line] = h.Last
			}
		}
	}
	for person, times := range p.sent { // what was told together was one notice
		slices.SortFunc(times, time.Time.Compare)
		p.sent[person] = slices.CompactFunc(times, time.Time.Equal)
	}
}

// drain takes the results of what is under way, so that a stop repeats nothing.
func (p *Pager) drain(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	p.leaving = true
	for len(p.busy) > 0 {
		p.take(ctx, <-p.done)
	}
}

// look sees what is wrong now, and acts.
func (p *Pager) look(ctx context.Context) {
	seen := p.see(ctx)
	if ctx.Err() != nil {
		return
	}
	p.reconcile(seen)
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
		p.forget(ctx, t)
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

// touch has a trouble stored, once what is due was sent: a store that is slow holds up no
// call. Killed in between, the pager tells it again.
func (p *Pager) touch(t *Told) { p.unsaved[t.Alert.Key] = true }

// storing is how long one look may spend on a store that is slow; the rest is stored at
// the next.
const storing = time.Second

// store stores what changed, the loudest first; what is not taken is tried at every look.
func (p *Pager) store(ctx context.Context) {
	keys := slices.Collect(maps.Keys(p.unsaved))
	slices.SortFunc(keys, func(a, b string) int { return p.loudness(a) - p.loudness(b) })
	for began := time.Now(); len(keys) > 0 && time.Since(began) < storing; keys = keys[1:] {
		if t, open := p.open[keys[0]]; open {
			p.save(ctx, t)
		} else {
			p.kept(keys[0], errors.Join(p.Acks.Delete(ctx, keys[0]), p.Memory.Delete(ctx, keys[0])))
		}
	}
}

func (p *Pager) loudness(key string) int {
	if t, open := p.open[key]; open {
		return t.Alert.Severity.rank()
	}
	return len(severities)
}

// save stores what people know of a trouble.
func (p *Pager) save(ctx context.Context, t *Told) {
	p.kept(t.Alert.Key, p.Memory.Put(ctx, *t))
}

// stored reports whether a trouble is still remembered: after the lease has passed on,
// another pager may have ended it.
func (p *Pager) stored(t *Told) bool {
	return slices.ContainsFunc(p.Memory.All(), func(s Told) bool { return s.Alert.Key == t.Alert.Key && s.Began.Equal(t.Began) })
}

// forget ends a trouble that everybody knows to be over.
func (p *Pager) forget(ctx context.Context, t *Told) {
	delete(p.open, t.Alert.Key)
	p.touch(t)
	if p.History == nil {
		return
	}
	past := Past{Name: t.Name, Alert: t.Alert, Began: t.Began, Over: t.Gone, Acked: p.acks()[t.Alert.Key].At, Hidden: t.HiddenBy != ""}
	if err := p.History.Keep(ctx, past); err != nil {
		p.Log.Warn("an alert that is over is missing in the reports", zap.String("key", t.Alert.Key), zap.Error(err))
	}
}

func (p *Pager) kept(key string, err error) {
	if err == nil {
		delete(p.unsaved, key)
		delete(p.refused, key)
		return
	}
	if !p.refused[key] {
		p.Log.Error("what was told is not stored: it is tried again", zap.String("key", key), zap.Error(err))
	}
	p.unsaved[key], p.refused[key] = true, true
}
