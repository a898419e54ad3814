package alert

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"go.uber.org/zap"
)

// Told is what people were told about one trouble and when: the pager's memory.
type Told struct {
	Alert Alert     `json:"alert"`
	Last  time.Time `json:"last"`
	Times int       `json:"times"`
}

// Memory outlives the process, so that a restart tells nobody twice.
type Memory interface {
	All() []Told
	Put(ctx context.Context, t Told) error
	Delete(ctx context.Context, key string) error
}

// Pager looks at all checks and tells people what changed.
type Pager struct {
	Checks    []Check
	Notifiers []Notifier
	Memory    Memory
	// Every is the longest time between two looks.
	Every time.Duration
	Log   *zap.Logger
	// Now is the clock.
	Now func() time.Time

	// unsaved is what Memory did not take, such as a full store; nil: that it is
	// over. Without it the same would be told at every look.
	unsaved map[string]*Told
}

// When a trouble that lasts is told again, and how soon one that grew may be.
var (
	again = map[Severity]time.Duration{Page: 10 * time.Minute, Tell: 4 * time.Hour, Slow: 24 * time.Hour}
	grown = map[Severity]time.Duration{Page: time.Minute, Tell: 5 * time.Minute, Slow: time.Hour}
)

// settle gathers what happens together, so that a burst is told as one.
const settle = 500 * time.Millisecond

// Run looks when woken, and at least Every, until ctx ends.
func (p *Pager) Run(ctx context.Context, wake <-chan struct{}) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
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
		case <-timer.C:
			settling = false
		}
		if err := p.Look(ctx); err != nil && ctx.Err() == nil {
			p.Log.Error("alert", zap.Error(err))
		}
		timer.Reset(p.Every)
	}
}

// Look runs all checks once and tells what is new, grown, lasting or over.
func (p *Pager) Look(ctx context.Context) error {
	known, errs := p.recall(ctx)
	passed := maps.Clone(known)
	for _, c := range p.Checks {
		alerts, err := c.Look(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			// Not seeing what it said before is no sign that it is over.
			maps.DeleteFunc(passed, func(key string, _ Told) bool { return strings.HasPrefix(key, c.Name()+"/") })
			alerts = append(alerts, p.blind(c, err, known))
		}
		for _, a := range alerts {
			errs = append(errs, p.see(ctx, a, known[a.Key]))
			delete(passed, a.Key)
		}
	}
	for _, t := range passed {
		errs = append(errs, p.over(ctx, t))
	}
	return errors.Join(errs...)
}

// recall gives what people know, and stores what could not be stored before.
func (p *Pager) recall(ctx context.Context) (known map[string]Told, errs []error) {
	known = map[string]Told{}
	for _, t := range p.Memory.All() {
		known[t.Alert.Key] = t
	}
	for key, t := range p.unsaved {
		errs = append(errs, p.remember(ctx, key, t))
		delete(known, key)
		if t != nil {
			known[key] = *t
		}
	}
	return known, errs
}

// remember stores what was told; nil: that it is over.
func (p *Pager) remember(ctx context.Context, key string, t *Told) (err error) {
	if t == nil {
		err = p.Memory.Delete(ctx, key)
	} else {
		err = p.Memory.Put(ctx, *t)
	}
	if err == nil {
		delete(p.unsaved, key)
		return nil
	}
	if p.unsaved == nil {
		p.unsaved = map[string]*Told{}
	}
	p.unsaved[key] = t
	return err
}

// blind is the alert of a check that cannot look.
func (p *Pager) blind(c Check, err error, known map[string]Told) Alert {
	p.Log.Error("a check cannot look", zap.String("check", c.Name()), zap.Error(err))
	a := Alert{Key: c.Name() + "/blind", Severity: Page, What: "the check “" + c.Name() + "” cannot look: see the log", Count: 1, Since: p.Now()}
	if before, told := known[a.Key]; told {
		a.Since = before.Alert.Since
	}
	return a
}

// see tells an alert if it is time to.
func (p *Pager) see(ctx context.Context, a Alert, t Told) error {
	now := p.Now()
	wait := again[a.Severity]
	// The count too, for after the clock was set back nothing is the latest.
	if a.Latest.After(t.Alert.Latest) || a.Count > t.Alert.Count {
		wait = grown[a.Severity]
	}
	if a.Again > 0 {
		wait = a.Again
	}
	if t.Times > 0 && now.Sub(t.Last) < wait && !now.Before(t.Last) {
		return nil
	}
	t = Told{Alert: a, Last: now, Times: t.Times + 1}
	// Told first and remembered after: at least once, never silently none.
	if err := p.tell(ctx, Message{Alert: a, Times: t.Times, At: now}); err != nil {
		return err
	}
	return p.remember(ctx, a.Key, &t)
}

func (p *Pager) over(ctx context.Context, t Told) error {
	t.Alert.Count = 0
	if err := p.tell(ctx, Message{Alert: t.Alert, Over: true, Times: t.Times, At: p.Now()}); err != nil {
		return err
	}
	return p.remember(ctx, t.Alert.Key, nil)
}

// tell passes a message to every notifier. It is told if one took it.
func (p *Pager) tell(ctx context.Context, m Message) error {
	if len(p.Notifiers) == 0 {
		return fmt.Errorf("nobody was told of %s: no way to tell anybody is configured", m.Key)
	}
	var errs []error
	for _, n := range p.Notifiers {
		errs = append(errs, n.Notify(ctx, m))
	}
	failed := errors.Join(errs...)
	for _, err := range errs {
		if err == nil {
			if failed != nil {
				p.Log.Error("a notifier failed", zap.Error(failed))
			}
			return nil
		}
	}
	return fmt.Errorf("nobody was told of %s: %w", m.Key, failed)
}
