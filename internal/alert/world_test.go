package alert

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert/roster"
)

// kept is a store that outlives pagers; while full it takes nothing.
type kept[T any] struct {
	mu   sync.Mutex
	key  func(T) string
	all  map[string]T
	full bool
}

var errFull = errors.New("no room")

func keep[T any](key func(T) string) *kept[T] { return &kept[T]{key: key, all: map[string]T{}} }

func (k *kept[T]) All() []T {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Collect(maps.Values(k.all))
}

func (k *kept[T]) Put(_ context.Context, v T) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.full {
		return errFull
	}
	k.all[k.key(v)] = v
	return nil
}

func (k *kept[T]) fills(full bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.full = full
}

func (k *kept[T]) Delete(_ context.Context, key string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.full {
		return errFull
	}
	delete(k.all, key)
	return nil
}

// told clones what it keeps, as a store does.
type told struct{ *kept[Told] }

func (s told) Put(ctx context.Context, t Told) error {
	t.Lines = maps.Clone(t.Lines)
	return s.kept.Put(ctx, t)
}

func (s told) All() []Told {
	out := s.kept.All()
	for i := range out {
		out[i].Lines = maps.Clone(out[i].Lines)
	}
	return out
}

// eye is a check that sees what it is told, or cannot look.
type eye struct {
	mu     sync.Mutex
	name   string
	alerts []Alert
	err    error
	hang   bool
	panics bool
}

func (e *eye) Name() string { return e.name }

func (e *eye) Look(ctx context.Context) ([]Alert, error) {
	e.mu.Lock()
	alerts, err, hang, panics := slices.Clone(e.alerts), e.err, e.hang, e.panics
	e.mu.Unlock()
	if panics {
		panic("zzcanaryzz")
	}
	if hang {
		<-ctx.Done()
	}
	return alerts, err
}

func (e *eye) sees(alerts ...Alert) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.alerts, e.err = alerts, nil
}

func (e *eye) fails(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.alerts, e.err = nil, err
}

// phone is a channel that writes down what it took, and does what it is told.
type phone struct {
	w    *world
	name string
	mu   sync.Mutex
	do   func(ctx context.Context, n Notice) error // nil: it takes everything
	ids  []string
}

func (p *phone) Notify(ctx context.Context, n Notice) error {
	p.mu.Lock()
	do := p.do
	p.ids = append(p.ids, n.ID)
	p.mu.Unlock()
	if do != nil {
		if err := do(ctx, n); err != nil {
			return err
		}
	}
	p.w.write(p.name, n)
	return nil
}

func (p *phone) does(f func(context.Context, Notice) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.do = f
}

// well reports whether it takes everything.
func (p *phone) well() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.do == nil
}

func refuses(context.Context, Notice) error { return &Failure{Why: "it is down"} }

func hangs(ctx context.Context, _ Notice) error { <-ctx.Done(); return ctx.Err() }

// world is a pager over fakes in a bubble, where time costs nothing.
type world struct {
	*Pager
	t      *testing.T
	check  *eye
	phones map[string]*phone
	told   told
	acks   *kept[Ack]
	duty   *Duty
	began  time.Time
	wake   chan struct{}
	stop   func()

	mu    sync.Mutex
	lines []string
	full  []Notice
	on    []string // the channels of full
}

// inBubble runs a test with a pager whose plan has these people, each with a line of her
// name on the channel "sms", who are called in this order, five minutes apart.
func inBubble(t *testing.T, test func(w *world), people ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, check: &eye{name: "cases"}, phones: map[string]*phone{}, began: time.Now(), wake: make(chan struct{}, 1),
			told: told{keep(func(t Told) string { return t.Alert.Key })}, acks: keep(func(a Ack) string { return a.Key })}
		plan := roster.Plan{Zone: time.UTC}
		for _, name := range people {
			plan.People = append(plan.People, roster.Person{Name: name, Lines: []roster.Line{{Channel: "sms", To: name}}})
			plan.Steps = append(plan.Steps, roster.Step{People: []string{name}, Wait: 5 * time.Minute})
		}
		states := keep(func(s State) string { return s.Channel })
		w.duty = &Duty{Memory: w.told, Acks: w.acks, States: states, Overrides: keep(func(o roster.Override) string { return o.ID }), Base: plan, Now: time.Now}
		w.Pager = &Pager{Checks: []Check{w.check}, Memory: w.told, Acks: w.acks, States: states, Plan: w.duty.Plan, Practice: "p",
			Every: 30 * time.Second, Log: zap.NewNop(), Now: time.Now}
		w.channel("sms", false)
		test(w)
		if w.stop != nil {
			w.stop()
		}
	})
}

func (w *world) channel(name string, keeps bool) *phone {
	p := &phone{w: w, name: name}
	w.phones[name] = p
	w.Pager.Channels = append(w.Pager.Channels, Channel{Name: name, Keeps: keeps, Notifier: p})
	return p
}

// clock gives the world one that can be set: what it returns says how far it is off.
func (w *world) clock() (shift func(time.Duration)) {
	var off atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
	w.Pager.Now, w.duty.Now = now, now
	return func(d time.Duration) { off.Store(int64(d)) }
}

// start runs the pager, as a start of the service does.
func (w *world) start() {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan struct{})
	p := *w.Pager
	go func() { defer close(ended); _ = p.Run(ctx, w.wake) }()
	w.stop = func() { cancel(); <-ended; w.stop = nil }
}

// passes lets time go by.
func (w *world) passes(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// sees changes what is wrong, and wakes the pager.
func (w *world) sees(alerts ...Alert) {
	w.check.sees(alerts...)
	select {
	case w.wake <- struct{}{}:
	default:
	}
	w.passes(time.Second)
}

func (w *world) write(channel string, n Notice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.full, w.on = append(w.full, n), append(w.on, channel)
	for _, m := range n.Messages {
		at := time.Since(w.began).Round(time.Second)
		to := n.To
		if to == "" {
			to = channel
		}
		w.lines = append(w.lines, fmt.Sprintf("%s %s %s %s %d", at, to, m.Change, m.Key, m.Count))
	}
}

// hears fails the test unless exactly this was told since the last time: "AGE WHO CHANGE
// KEY COUNT", in no order within a moment.
func (w *world) hears(want ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.lines
	w.lines = nil
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("told\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// standing is a trouble as the desk shows it.
func (w *world) standing(key string) Standing {
	for _, s := range w.duty.Standing() {
		if s.Alert.Key == key {
			return s
		}
	}
	return Standing{Told: Told{Alert: Alert{Key: key}}}
}

func (w *world) acknowledge(key, by string) {
	w.t.Helper()
	if err := w.duty.Acknowledge(w.t.Context(), w.standing(key), by, "desk"); err != nil {
		w.t.Fatal(err)
	}
	w.wake <- struct{}{}
	w.passes(time.Second)
}

// urgent are so many cases that page, the newest of now.
func urgent(count int) Alert {
	return Alert{Key: "cases/urgent/cedar", Severity: Page, What: "somebody may need help now", Where: "facebook cedar", Count: count, Since: time.Now(), Latest: time.Now()}
}

func clearAlert(count int) Alert {
	a := urgent(count)
	a.Key, a.Severity, a.What = "cases/clear/cedar", Tell, "clear disclosure"
	return a
}
