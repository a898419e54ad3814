package review

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
)

// kept is a store of the pager in memory.
type kept[T any] struct {
	mu  sync.Mutex
	all map[string]T
	key func(T) string
}

func (k *kept[T]) All() []T {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []T
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range k.all {
			if !yield(name) {
				return
			}
		}
	}) {
		out = append(out, k.all[name])
	}
	return out
}

func (k *kept[T]) Put(_ context.Context, one T) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = map[string]T{}
	}
	k.all[k.key(one)] = one
	return nil
}

func (k *kept[T]) Delete(_ context.Context, key string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, key)
	return nil
}

// wire is a channel that takes what it is given, or says why not.
type wire struct {
	mu   sync.Mutex
	fail error
	got  []alert.Notice
}

func (c *wire) Notify(_ context.Context, n alert.Notice) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return c.fail
	}
	c.got = append(c.got, n)
	return nil
}

// phone is an address that no page may show.
const phone = "+15035550199"

// newDuty is a pager's memory in which nothing is wrong: rita and dana take turns of a
// week, then lee is called, then everybody. It is rita's until Monday.
func newDuty(now func() time.Time) *alert.Duty {
	begun := time.Date(2026, 2, 23, 9, 0, 0, 0, time.UTC)
	line := func(channel string, after time.Duration) roster.Line {
		return roster.Line{Channel: channel, To: phone, After: after}
	}
	own := func() []roster.Line { return []roster.Line{line("sms", 0), line("voice", 5*time.Minute)} }
	return &alert.Duty{
		Memory:    &kept[alert.Told]{key: func(t alert.Told) string { return t.Alert.Key }},
		Acks:      &kept[alert.Ack]{key: func(a alert.Ack) string { return a.Key }},
		States:    &states{kept[alert.State]{key: func(s alert.State) string { return s.Channel }}},
		Overrides: &kept[roster.Override]{key: func(o roster.Override) string { return o.ID }},
		Base: roster.Plan{Zone: time.UTC,
			People:    []roster.Person{{Name: "rita", Lines: own()}, {Name: "dana", Lines: own()}, {Name: "lee", Lines: own()}},
			Rotations: []roster.Rotation{{Name: "front desk", People: []string{"dana", "rita"}, Start: begun, Turn: roster.Turn{Days: 7}}},
			Steps:     []roster.Step{{Rotations: []string{"front desk"}, Wait: 5 * time.Minute}, {People: []string{"lee"}, Wait: 10 * time.Minute}, {Everybody: true}},
			Team:      []roster.Line{{Channel: "slack"}}},
		Channels: []alert.Channel{{Name: "sms", Kind: "sms", Notifier: &wire{}}, {Name: "voice", Kind: "voice", Notifier: &wire{}},
			{Name: "slack", Kind: "slack", Notifier: &wire{}}, {Name: "screen", Kind: "terminal", Silent: true, Notifier: &wire{}}},
		Now: now,
	}
}

// states is alert.States, of which nothing is deleted.
type states struct{ kept kept[alert.State] }

func (s *states) All() []alert.State                             { return s.kept.All() }
func (s *states) Put(ctx context.Context, one alert.State) error { return s.kept.Put(ctx, one) }

func (w *world) wire(channel string) *wire {
	for _, c := range w.opts.Calls.Channels {
		if c.Name == channel {
			return c.Notifier.(*wire)
		}
	}
	return nil
}

// urgentCall is a case that calls rita: she was told by SMS, her phone did not ring.
func urgentCall(t *testing.T, w *world) alert.Told {
	t.Helper()
	now := w.opts.Now()
	at := func(minutes int) time.Time { return now.Add(-time.Duration(minutes) * time.Minute) }
	told := alert.Told{
		Alert: alert.Alert{Key: "cases/urgent/cedar", Severity: alert.Page, What: "somebody may need help now", Where: "facebook cedar", Count: 1,
			Since: at(6), Latest: at(6), Link: "https://desk.cedar.example/cases/urgent"},
		Name: "abc", Began: at(6), Stepped: at(2),
		Lines: map[string]alert.Heard{
			"sms":   {Person: "rita", Channel: "sms", First: at(2), Last: at(2), Times: 1},
			"voice": {Person: "rita", Channel: "voice", Tried: at(1), Tries: 1, Why: "Twilio did not answer in time: it is tried again; if it lasts, check the network and the address"},
		},
	}
	keep(t, w.opts.Calls.Memory.Put(t.Context(), told))
	return told
}

// alsoCalls has other accounts call likewise.
func alsoCalls(t *testing.T, w *world, like alert.Told, accounts ...string) {
	t.Helper()
	for i, name := range accounts {
		like.Alert.Key, like.Alert.Where = "cases/urgent/"+name, "google "+name
		like.Began = like.Began.Add(time.Duration(i+1) * time.Second)
		keep(t, w.opts.Calls.Memory.Put(t.Context(), like))
	}
}

// troubles are what else is wrong: Facebook is silent, and one account of it with it.
func troubles(t *testing.T, w *world) {
	t.Helper()
	now := w.opts.Now()
	for _, told := range []alert.Told{
		{Alert: alert.Alert{Key: "sources/facebook", Severity: alert.Tell, What: "comments are not being checked: the platform did not answer in time", Where: "facebook", Count: 12, Since: now.Add(-26 * time.Hour)},
			Lines: map[string]alert.Heard{"slack": {Channel: "slack", First: now.Add(-26 * time.Hour), Last: now.Add(-2 * time.Hour), Times: 7}}},
		{Alert: alert.Alert{Key: "sources/facebook/cedar", Severity: alert.Tell, What: "comments are not being checked: the platform did not answer in time", Where: "facebook cedar", Count: 1, Since: now.Add(-26 * time.Hour)},
			HiddenBy: "sources/facebook"},
	} {
		keep(t, w.opts.Calls.Memory.Put(t.Context(), told))
	}
	keep(t, w.opts.Calls.States.Put(t.Context(), alert.State{Channel: "sms", OK: now.Add(-2 * time.Minute)}))
	keep(t, w.opts.Calls.States.Put(t.Context(), alert.State{Channel: "voice", OK: now.Add(-26 * time.Hour), Failing: now.Add(-30 * time.Minute),
		Why: "Twilio did not answer in time: it is tried again; if it lasts, check the network and the address"}))
}

// takes has somebody take over for some hours.
func takes(t *testing.T, w *world, person, by string, from, until int) roster.Override {
	t.Helper()
	now := w.opts.Now()
	o := roster.Override{ID: "o-" + person, Rotation: "front desk", Person: person, By: by, At: now,
		From: now.Add(time.Duration(from) * time.Hour), Until: now.Add(time.Duration(until) * time.Hour)}
	keep(t, w.opts.Calls.Overrides.Put(t.Context(), o))
	return o
}

func keep(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
