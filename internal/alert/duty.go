package alert

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"triage/internal/alert/roster"
)

// Duty is what people see of the pager and say to it, in whatever process they are:
// what is wrong now, who is on call, who deals with it, who takes whose place.
type Duty struct {
	Memory    Memory
	Acks      Acks
	States    States
	Overrides Overrides
	// Base is the plan of the configuration, without overrides.
	Base roster.Plan
	// Channels are all that are configured, in the file's order.
	Channels []Channel
	// From and Desk are those of notices.
	From, Desk string
	Now        func() time.Time
}

// Standing is one trouble that is not over, as people see it.
type Standing struct {
	Told
	// Ack says who deals with it; nil: nobody has said so, or more came since.
	Ack *Ack
}

// ErrOver says that there is no such trouble (any more).
var ErrOver = errors.New("it is over")

// Plan is who is called when, with the overrides of now; those that ended days ago are
// left out.
func (d *Duty) Plan() *roster.Plan {
	p := d.Base
	p.Overrides = slices.DeleteFunc(d.Overrides.All(), func(o roster.Override) bool { return d.Now().Sub(o.Until) > 7*24*time.Hour })
	return &p
}

// Standing lists what is wrong now, the loudest and oldest first; what another hides is
// in it.
func (d *Duty) Standing() []Standing {
	now, acks := d.Now(), map[string]Ack{}
	for _, a := range d.Acks.All() {
		acks[a.Key] = a
	}
	var out []Standing
	for _, t := range d.Memory.All() {
		if !t.lasts(now) {
			continue
		}
		s := Standing{Told: t}
		if a, ok := acks[t.Alert.Key]; ok && a.of(&t) {
			s.Ack = &a
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Standing) int {
		if d := a.Alert.Severity.rank() - b.Alert.Severity.rank(); d != 0 {
			return d
		}
		return a.Began.Compare(b.Began)
	})
	return out
}

// Acknowledge says that somebody deals with a trouble as she knows it: nobody else is
// called about it until more comes than that, or she seems to have forgotten it.
// ErrOver: it is, or it calls anew since.
func (d *Duty) Acknowledge(ctx context.Context, known Standing, by, how string) error {
	for _, s := range d.Standing() {
		if s.Alert.Key == known.Alert.Key && s.Round == known.Round && s.Began.Equal(known.Began) {
			return d.Acks.Put(ctx, Ack{Key: s.Alert.Key, Began: s.Began, Round: s.Round, Latest: known.Alert.Latest, Count: known.Alert.Count, By: by, At: d.Now(), How: how})
		}
	}
	return ErrOver
}

// AsHeard is the trouble as some lines know it: what the last notice of this round said
// that they took, or may have: one whose sending seemed to fail can have arrived. False:
// they were told nothing.
func (s Standing) AsHeard(lines func(Heard) bool) (as Standing, told bool) {
	as = s
	var last time.Time
	for _, h := range s.Lines {
		if h.Round != s.Round || h.First.IsZero() && !h.Unclear || !lines(h) {
			continue
		}
		at := h.Last
		if h.Unclear {
			at = h.Tried
		}
		if !told || at.After(last) || at.Equal(last) && h.Latest.After(as.Alert.Latest) {
			as.Alert.Latest, as.Alert.Count, last = h.Latest, h.Count, at
		}
		told = true
	}
	return as, told
}

// Calling is what pages now and nobody has acknowledged.
func (d *Duty) Calling() []Standing {
	return slices.DeleteFunc(d.Standing(), func(s Standing) bool {
		return s.Alert.Severity != Page || s.Ack != nil || s.HiddenBy != ""
	})
}

// Test sends a test notice on one line and returns why it did not arrive.
func (d *Duty) Test(ctx context.Context, line roster.Line) error {
	for _, c := range d.Channels {
		if c.Name == line.Channel {
			at := d.Now()
			err := c.Notify(ctx, Notice{ID: fmt.Sprintf("test-%d", at.UnixNano()), To: line.To, From: d.From, Desk: d.Desk, Test: true, At: at})
			d.tested(ctx, line, at, err)
			return err
		}
	}
	return &Failure{Why: "there is no channel of that name in the configuration", Final: true}
}

// tested notes how a test went, for the page; the pager finds out by itself.
func (d *Duty) tested(ctx context.Context, line roster.Line, at time.Time, err error) {
	if d.States == nil {
		return
	}
	s := State{Channel: line.Channel}
	for _, known := range d.States.All() {
		if known.Channel == line.Channel {
			s = known
		}
	}
	if err == nil {
		s.OK, s.Failing, s.Why = at, time.Time{}, ""
	}
	for _, p := range d.Base.People {
		if !slices.ContainsFunc(p.Lines, func(l roster.Line) bool { return l.Channel == line.Channel && l.To == line.To }) {
			continue
		}
		if why := wrongAddress(err); why != "" {
			s = s.of(p.Name, &Fault{Since: at, Why: why})
		} else if err == nil {
			s = s.of(p.Name, nil)
		}
	}
	_ = d.States.Put(ctx, s)
}
