package alert

import (
	"context"
	"errors"
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
	// unsaved has the keys that Memory did not take as they are, such as a full store.
	unsaved map[string]bool
	channel map[string]Channel
	states  map[string]State
	busy    map[string]bool // lines on which something is being sent
	flying  map[*Told]int   // how many notices about a trouble are
	done    chan result
	sent    map[string][]time.Time // by person, in the last hour
	asking  map[string]chan found  // checks that do not come back
	beating chan struct{}
	next    time.Time // when something is due
}

// Pace is how often people are told. The zero value of each is the default.
type Pace struct {
	// Repeat is after what time a page is repeated that nobody acknowledged: 10 min.
	Repeat time.Duration
	// Forgotten is how long after it was acknowledged who did so is reminded: 30 min. She
	// has as long as Repeat to say it again before everybody is called anew.
	Forgotten time.Duration
	// Most is how many notices one person gets in an hour at most: 20, a third of them in
	// ten minutes. What is not sent then is in the next one.
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
	p.channel, p.states, p.sent, p.asking = map[string]Channel{}, map[string]State{}, map[string][]time.Time{}, map[string]chan found{}
	p.done, p.beating = make(chan result, 64), make(chan struct{}, 1)
	for _, c := range p.Channels {
		p.channel[c.Name] = c
	}
	for _, s := range p.States.All() {
		p.states[s.Channel] = s
	}
	for _, t := range p.Memory.All() {
		if p.open[t.Alert.Key] = &t; t.Lines == nil {
			t.Lines = map[string]Heard{}
		}
		if t.Name == "" { // of a version that called nobody by name
			t.Name, t.Began, t.Stepped = p.name(t.Alert.Key), p.Now(), p.Now()
		}
		for _, h := range t.Lines {
			p.sent[h.Person] = append(p.sent[h.Person], h.Recent...)
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
	p.reconcile(ctx, seen)
	p.act(ctx)
	p.beat(ctx, seen.well)
}

// act sends what is due.
func (p *Pager) act(ctx context.Context) {
	p.resave(ctx)
	d := p.decide()
	p.next = d.next
	for _, t := range d.changed {
		p.save(ctx, t)
	}
	for _, t := range d.ended {
		p.forget(ctx, t)
	}
	p.send(ctx, d.calls)
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

// save stores what people know of a trouble; what is not taken is tried at every look.
func (p *Pager) save(ctx context.Context, t *Told) {
	p.kept(t.Alert.Key, p.Memory.Put(ctx, *t))
}

// forget ends a trouble that everybody knows to be over.
func (p *Pager) forget(ctx context.Context, t *Told) {
	if _, open := p.open[t.Alert.Key]; open && p.History != nil {
		past := Past{Name: t.Name, Alert: t.Alert, Began: t.Began, Over: t.Gone, Acked: p.acks()[t.Alert.Key].At, Hidden: t.HiddenBy != ""}
		if err := p.History.Keep(ctx, past); err != nil {
			p.Log.Warn("an alert that is over is missing in the reports", zap.String("key", t.Alert.Key), zap.Error(err))
		}
	}
	delete(p.open, t.Alert.Key)
	p.kept(t.Alert.Key, errors.Join(p.Acks.Delete(ctx, t.Alert.Key), p.Memory.Delete(ctx, t.Alert.Key)))
}

func (p *Pager) kept(key string, err error) {
	if err == nil {
		delete(p.unsaved, key)
		return
	}
	if !p.unsaved[key] {
		p.Log.Error("what was told is not stored: it is tried again", zap.String("key", key), zap.Error(err))
	}
	p.unsaved[key] = true
}

func (p *Pager) resave(ctx context.Context) {
	for key := range p.unsaved {
		if t, open := p.open[key]; open {
			p.save(ctx, t)
		} else {
			p.forget(ctx, &Told{Alert: Alert{Key: key}})
		}
	}
}
