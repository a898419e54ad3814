package alert

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// touch has a trouble stored, once what is due was sent: a store that is slow holds up no
// call. Killed in between, the pager tells it again.
func (p *Pager) touch(t *Told) { p.unsaved[t.Alert.Key] = true }

// storing is how long one look may spend on a store that is slow.
const storing = time.Second

// store stores what changed, the loudest first, and what is over. What is not taken is
// tried at every look; what there was no time for, after as long as this took.
func (p *Pager) store(ctx context.Context) {
	began := time.Now()
	keys := slices.Collect(maps.Keys(p.unsaved))
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(p.loudness(a)-p.loudness(b), cmp.Compare(a, b)) })
	for ; len(keys) > 0 && time.Since(began) < storing; keys = keys[1:] {
		p.save(ctx, keys[0])
	}
	late := len(keys) > 0
	for name, s := range p.states {
		if late = late || time.Since(began) >= storing; late {
			break
		}
		p.keepState(ctx, name, s)
	}
	for name, past := range p.pasts {
		if late = late || time.Since(began) >= storing; late {
			break
		}
		p.keep(ctx, name, past)
	}
	if rest := p.Now().Add(max(storing, time.Since(began))); late && (p.next.IsZero() || rest.Before(p.next)) {
		p.next = rest
	}
}

func (p *Pager) loudness(key string) int {
	if t, open := p.open[key]; open {
		return t.Alert.Severity.rank()
	}
	return len(severities)
}

// save stores what people know of a trouble, or that it is over.
func (p *Pager) save(ctx context.Context, key string) {
	t, open := p.open[key]
	if !open {
		p.kept(key, errors.Join(p.Acks.Delete(ctx, key), p.Memory.Delete(ctx, key)))
		return
	}
	p.kept(key, p.Memory.Put(ctx, *t))
}

func (p *Pager) kept(key string, err error) {
	if err == nil {
		delete(p.unsaved, key)
		delete(p.refused, key)
		if p.saved[key] = p.open[key] != nil; !p.saved[key] {
			delete(p.saved, key)
		}
		return
	}
	if !p.refused[key] {
		p.Log.Error("what was told is not stored: it is tried again", zap.String("key", key), zap.Error(err))
	}
	p.unsaved[key], p.refused[key] = true, true
}

// keep keeps what is over for the reports. It is tried at every look.
func (p *Pager) keep(ctx context.Context, name string, past Past) {
	err := p.History.Keep(ctx, past)
	if err == nil {
		delete(p.pasts, name)
		delete(p.refused, name)
		return
	}
	if !p.refused[name] {
		p.Log.Warn("an alert that is over is missing in the reports: it is tried again", zap.String("key", past.Alert.Key), zap.Error(err))
	}
	p.refused[name] = true
}

func (p *Pager) keepState(ctx context.Context, name string, s State) {
	as := "channel " + name
	err := p.States.Put(ctx, s)
	if err == nil {
		delete(p.states, name)
		delete(p.refused, as)
		return
	}
	if !p.refused[as] {
		p.Log.Warn("how a channel does is not stored: it is tried again", zap.String("channel", name), zap.Error(err))
	}
	p.refused[as] = true
}

// remember stores anew what the store has lost, and removes what nobody looks after: a
// pager that did not know yet that it had been replaced stored it.
func (p *Pager) remember() {
	stored := map[string]bool{}
	for _, t := range p.Memory.All() {
		if stored[t.Alert.Key] = true; p.open[t.Alert.Key] == nil {
			p.unsaved[t.Alert.Key] = true
		}
	}
	for key, t := range p.open {
		if !stored[key] {
			p.touch(t)
		}
	}
}

// forget ends a trouble that everybody knows to be over.
func (p *Pager) forget(t *Told, acked time.Time) {
	delete(p.open, t.Alert.Key)
	p.touch(t)
	if p.History != nil {
		told := slices.ContainsFunc(slices.Collect(maps.Values(t.Lines)), func(h Heard) bool { return h.Times > 0 })
		p.pasts[t.Name+t.Began.String()] = Past{Name: t.Name, Alert: t.Alert, Began: t.Began, Over: t.Gone, Acked: acked, Hidden: t.HiddenBy != "" && !told}
	}
}

// farewell is how long a pager that leaves may spend on storing.
const farewell = 5 * time.Second

// leave stores what became of the last notices. Another pager may be at work: what it knows
// stays, and what it has ended is not begun anew.
func (p *Pager) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	stored := map[string]Told{}
	for _, t := range p.Memory.All() {
		stored[t.Alert.Key] = t
	}
	for name, s := range p.states {
		p.keepState(ctx, name, s)
	}
	for name, past := range p.pasts {
		p.keep(ctx, name, past)
	}
	for key := range p.unsaved {
		t, open := p.open[key]
		theirs, there := stored[key]
		if !open || ctx.Err() != nil || p.saved[key] && !there || there && !theirs.Began.Equal(t.Began) {
			continue
		}
		if there {
			*t = t.merged(theirs)
		}
		p.save(ctx, key)
	}
}

// merged is what two pagers know of one trouble: as far as either has come, and of each
// line what it was told last.
func (t Told) merged(theirs Told) Told {
	all := theirs
	if cmp.Or(t.Round-theirs.Round, t.Step-theirs.Step) > 0 {
		all = t
	}
	all.Lines = maps.Clone(theirs.Lines)
	if all.Lines == nil {
		all.Lines = map[string]Heard{}
	}
	for key, h := range t.Lines {
		if of, known := all.Lines[key]; !known || h.Round > of.Round || h.Round == of.Round && later(h.Last, h.Tried).After(later(of.Last, of.Tried)) {
			all.Lines[key] = h
		}
	}
	return all
}

// Local keeps values in this process only, by key: for a pager that must call people when
// nothing can be stored. It is safe for concurrent use.
type Local[T any] struct {
	// Key is that of a value.
	Key func(T) string

	mu  sync.Mutex
	all map[string]T
}

// All lists the values, in no order.
func (l *Local[T]) All() []T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.all))
}

// Put keeps a value over whatever is there.
func (l *Local[T]) Put(_ context.Context, v T) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]T{}
	}
	l.all[l.Key(v)] = v
	return nil
}

// Delete removes what is under a key.
func (l *Local[T]) Delete(_ context.Context, key string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, key)
	return nil
}
