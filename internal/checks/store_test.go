package checks_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert"
	"triage/internal/audit"
	"triage/internal/bus"
	"triage/internal/checks"
	"triage/internal/ingest"
	"triage/internal/settings"
)

// engine is a store that stands so.
type engine struct {
	share  float64
	behind int
	ill    error
	mute   error
}

func (e *engine) Fill() (float64, error)              { return e.share, e.mute }
func (e *engine) Healthy() error                      { return e.ill }
func (e *engine) Behind(context.Context) (int, error) { return e.behind, e.mute }

func TestStoreThatRunsFullIsTold(t *testing.T) {
	for share, want := range map[float64]struct {
		key      string
		severity alert.Severity
	}{0.699: {"", ""}, 0.7: {"store/fill", alert.Tell}, 0.899: {"store/fill", alert.Tell}, 0.9: {"store/full", alert.Page}, 1: {"store/full", alert.Page}} {
		calls(t, &checks.Store{Engine: &engine{share: share}, Now: atNoon}, want.key, want.severity)
	}
	if _, err := (&checks.Store{Engine: &engine{mute: errBroken}, Now: atNoon}).Look(t.Context()); err == nil {
		t.Error("a store that does not answer is no trouble")
	}
}

// A server that is behind is told when it stays so, a store that does not work at once.
func TestSickStoreIsTold(t *testing.T) {
	clock, e := noon, &engine{}
	now := func() time.Time { return clock }
	store, well := &checks.Store{Engine: e, Now: now}, &checks.Bus{Engine: e, Now: now}
	for _, tt := range []struct {
		behind int
		ill    error
		share  float64
		after  time.Duration
		key    string
		want   alert.Severity
		bus    alert.Severity
	}{
		{0, nil, 0, 0, "", "", ""},
		{3, nil, 0, time.Hour, "", "", ""},
		{1, nil, 0, 2*time.Minute - time.Second, "", "", ""},
		{2, errors.New(canary), 0, time.Second, "store/replicas", alert.Tell, alert.Page},
		{0, errors.New(canary), 0.96, time.Second, "store/full", alert.Page, ""}, // which is why it is ill
		{2, errors.New(canary), 0.95, time.Second, "store/full", alert.Page, alert.Page},
		{0, nil, 0, time.Hour, "", "", ""},
	} {
		e.behind, e.ill, e.share, clock = tt.behind, tt.ill, tt.share, clock.Add(tt.after)
		calls(t, store, tt.key, tt.want)
		if a := calls(t, well, "bus/health", tt.bus); tt.bus != "" && (!strings.Contains(a.What, "/readyz") || !a.Since.Equal(clock)) {
			t.Errorf("%+v", a)
		}
	}
}

// The engine itself is looked at: in order, nothing is wrong with it; closed, it is.
func TestRealStoreIsLookedAt(t *testing.T) {
	b, err := bus.Start(t.Context(), bus.Options{Dir: t.TempDir(), Log: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	calls(t, &checks.Store{Engine: b, Now: atNoon}, "", "")
	calls(t, &checks.Bus{Engine: b, Now: atNoon}, "", "")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	calls(t, &checks.Bus{Engine: b, Now: atNoon}, "bus/health", alert.Page)
}

func TestStageThatTakesNothingIsPaged(t *testing.T) {
	clock := noon
	var waiting, through uint64
	k := &checks.Flow{Stage: checks.Judging, Now: func() time.Time { return clock },
		Count: func(context.Context) (uint64, uint64, error) { return waiting, through, nil }}
	for i, tt := range []struct {
		waiting, through uint64
		after            time.Duration
		key              string
		want             alert.Severity
	}{
		{0, 10, time.Hour, "", ""}, // nothing waits
		{5, 10, 2*time.Minute - time.Second, "", ""},
		{9, 10, time.Second, "judging/stuck", alert.Page}, // the same ones wait, and more
		{9, 10, time.Hour, "judging/stuck", alert.Page},   // still
		{8, 12, time.Hour, "", ""},                        // it goes on
		{8, 12, 2 * time.Minute, "judging/stuck", alert.Page},
		{0, 20, time.Minute, "", ""},
		{100, 30, time.Minute, "", ""}, // they come faster than they are handled
		{500, 40, 10*time.Minute - time.Second, "", ""},
		{100, 50, time.Second, "judging/behind", alert.Tell},
		{100, 50, 2 * time.Minute, "judging/stuck", alert.Page},
		{99, 60, time.Minute, "", ""},
		{100, 70, 9 * time.Minute, "", ""},
	} {
		waiting, through, clock = tt.waiting, tt.through, clock.Add(tt.after)
		if a := calls(t, k, tt.key, tt.want); tt.want != "" && (a.Count != int(tt.waiting) || a.Calm < 2*time.Minute) {
			t.Errorf("look %d: %+v", i, a)
		}
	}
	k.Count = func(context.Context) (uint64, uint64, error) { return 0, 0, errBroken }
	if _, err := k.Look(t.Context()); err == nil {
		t.Error("what cannot be counted is no trouble")
	}
}

// What a part says of itself is passed on with since when; a broken audit pages.
func TestTroubleIsPassedOn(t *testing.T) {
	clock := noon
	var trouble error
	k := &checks.Trouble{Part: "audit", Says: func() error { return trouble }, Now: func() time.Time { return clock }}
	calls(t, k, "", "")
	trouble = errors.New("nobody vouches for it: look")
	calls(t, k, "audit/trouble", alert.Tell)
	clock = clock.Add(time.Hour)
	trouble = errors.Join(audit.ErrBroken, trouble)
	if a := calls(t, k, "audit/trouble", alert.Page); !a.Since.Equal(noon) || !strings.Contains(a.What, "; nobody vouches") {
		t.Errorf("%+v", a)
	}
	trouble = nil
	calls(t, k, "", "")
	var refused []settings.Refusal
	s := &checks.Settings{Refused: func() []settings.Refusal { return refused }, Now: func() time.Time { return clock }}
	clock = noon.Add(-time.Hour)
	calls(t, s, "", "")
	clock = noon
	refused = []settings.Refusal{{Name: "respond.mode"}}
	if a := calls(t, s, "settings/respond.mode", alert.Tell); !a.Since.Equal(noon) {
		t.Errorf("%+v", a)
	}
}

// The clock is wrong if nobody agrees with it; one platform may be wrong itself.
func TestWrongClockIsTold(t *testing.T) {
	second, minutes := time.Second, 2*time.Minute
	for _, tt := range []struct {
		skews []time.Duration
		want  alert.Severity
	}{
		{nil, ""}, {[]time.Duration{0, 0}, ""}, {[]time.Duration{minutes - second}, ""},
		{[]time.Duration{minutes}, alert.Tell}, {[]time.Duration{-minutes, 0}, alert.Tell}, {[]time.Duration{-time.Hour, second}, ""},
		{[]time.Duration{5*minutes - second}, alert.Tell}, {[]time.Duration{-5 * minutes, time.Hour}, alert.Page},
	} {
		k := &checks.Clock{Now: atNoon, Health: func() (all []ingest.Health) {
			for _, skew := range tt.skews {
				all = append(all, ingest.Health{Platform: "x", Skew: skew})
			}
			return all
		}}
		calls(t, k, "clock/skew", tt.want)
	}
}

// A clock that is set is told for an hour, whichever way it was set; time that passes is no jump.
func TestClockThatJumpsIsTold(t *testing.T) {
	clock, ran := noon, time.Duration(0)
	k := &checks.Clock{Health: func() []ingest.Health { return nil }, Now: func() time.Time { return clock }, Ran: func() time.Duration { return ran }}
	for i, tt := range []struct {
		wall, ran time.Duration
		want      alert.Severity
	}{
		{0, 0, ""}, {time.Hour, time.Hour, ""}, {2*time.Minute - time.Second, 0, ""}, {2 * time.Minute, 0, alert.Tell},
		{time.Hour - time.Second, time.Hour - time.Second, alert.Tell}, {time.Second, time.Second, ""},
		{-3 * time.Minute, time.Minute, alert.Tell}, {2 * time.Hour, 2 * time.Hour, ""},
	} {
		clock, ran = clock.Add(tt.wall), ran+tt.ran
		if a := calls(t, k, "clock/set", tt.want); tt.want != "" && a.Since.IsZero() {
			t.Errorf("look %d: %+v", i, a)
		}
	}
	mine := &checks.Clock{Health: func() []ingest.Health { return nil }, Now: time.Now}
	calls(t, mine, "", "")
	calls(t, mine, "", "")
}

// states are how channels do.
type states []alert.State

func (s states) All() []alert.State                   { return s }
func (states) Put(context.Context, alert.State) error { return nil }

// A way of calling people that fails is told by the others, and pages when none is left.
func TestChannelsThatFailAreTold(t *testing.T) {
	both := []alert.Channel{{Name: "mail"}, {Name: "sms"}, {Name: "terminal", Silent: true}}
	failing := func(name string, for_ time.Duration) alert.State {
		return alert.State{Channel: name, Failing: ago(for_), Why: "the server does not answer: see that it runs"}
	}
	for name, tt := range map[string]struct {
		states states
		want   map[string]alert.Severity
	}{
		"nothing was sent yet": {nil, nil},
		"all work":             {states{{Channel: "mail", OK: noon}, {Channel: "sms", OK: noon}}, nil},
		"a hiccup":             {states{failing("mail", time.Minute-time.Second)}, nil},
		"one fails":            {states{failing("mail", time.Minute), {Channel: "sms", OK: noon}}, map[string]alert.Severity{"channels/mail": alert.Tell}},
		"both fail":            {states{failing("mail", time.Hour), failing("sms", time.Minute)}, map[string]alert.Severity{"channels/mail": alert.Page, "channels/sms": alert.Page}},
		"only those there are": {states{failing("removed", time.Hour), failing("terminal", time.Hour)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found := look(t, checks.Channels{Channels: both, States: tt.states, Now: atNoon})
			if len(found) != len(tt.want) {
				t.Errorf("%+v", found)
			}
			for key, severity := range tt.want {
				if a := found[key]; a.Severity != severity || a.Where == "" || !strings.Contains(a.What, "see that it runs") || a.Since.IsZero() {
					t.Errorf("%s: %+v", key, a)
				}
			}
		})
	}
	wrong := alert.State{Channel: "sms", OK: noon, Of: map[string]alert.Fault{"dana": {Since: ago(time.Hour), Why: "her number"}, "lee": {Since: ago(2 * time.Hour), Why: "his number"}, "rita": {Since: ago(30 * time.Second)}}}
	if a := calls(t, checks.Channels{Channels: both, States: states{wrong}, Now: atNoon}, "channels/sms/people", alert.Tell); a.Count != 2 || !a.Since.Equal(ago(2*time.Hour)) || strings.Contains(fmt.Sprint(a), "dana") {
		t.Errorf("two numbers are wrong: %+v", a)
	}
	odd := checks.Channels{Channels: []alert.Channel{{Name: "Dr. Añez's phone"}}, States: states{failing("Dr. Añez's phone", time.Hour)}, Now: atNoon}
	calls(t, odd, "channels/Dr._A_ez_s_phone", alert.Page)
}
