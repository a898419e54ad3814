package oncall

import (
	"context"
	"slices"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/people"
	"triage/internal/review/say"
)

// noon is a Monday.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// none is a store in which nothing is.
type none[T any] []T

func (n none[T]) All() []T                           { return n }
func (none[T]) Put(context.Context, T) error         { return nil }
func (none[T]) Delete(context.Context, string) error { return nil }

// at is a look at noon at a plan of three people and two ways to call them.
func at(plan roster.Plan, standing ...alert.Told) *look {
	if plan.People == nil {
		for _, name := range []string{"dana", "lee", "rita"} {
			plan.People = append(plan.People, roster.Person{Name: name, Lines: []roster.Line{{Channel: "sms"}}})
		}
	}
	return &look{Words: say.In(say.English), me: people.User{Name: "rita", Role: people.Reviewer}, now: noon, plan: &plan, state: map[string]alert.State{},
		duty: &alert.Duty{Memory: none[alert.Told](standing), Acks: none[alert.Ack]{}, States: none[alert.State]{}, Overrides: none[roster.Override]{}, Now: func() time.Time { return noon },
			Channels: []alert.Channel{{Name: "sms"}, {Name: "screen", Silent: true}}}}
}

func steps(all ...[]string) (out []roster.Step) {
	for i, names := range all {
		out = append(out, roster.Step{People: names, Wait: time.Duration(i+1) * 10 * time.Minute})
	}
	return out
}

func TestWhatComesNext(t *testing.T) {
	lonely := []roster.Rotation{{Name: "day", People: nil}}
	for name, c := range map[string]struct {
		plan    roster.Plan
		step    int
		stepped time.Duration
		want    string
	}{
		"the next step": {roster.Plan{Steps: steps([]string{"dana"}, []string{"lee"})}, 0, 4 * time.Minute, "If nobody says that she is on it by 12:06, this goes to lee too."},
		"it is due":     {roster.Plan{Steps: steps([]string{"dana"}, []string{"lee", "rita"})}, 0, 10 * time.Minute, "If nobody says that she is on it, this goes to lee and rita now."},
		"an empty step takes no time": {roster.Plan{Rotations: lonely, Steps: []roster.Step{{People: []string{"dana"}, Wait: 10 * time.Minute}, {Rotations: []string{"day"}, Wait: time.Hour}, {Everybody: true}}},
			0, 0, "If nobody says that she is on it by 12:10, this goes to lee and rita too."},
		"the last step":    {roster.Plan{Steps: steps([]string{"dana"}, []string{"lee"})}, 1, 0, "There is nobody else to call: the calls go on until somebody says that she is on it."},
		"of a longer plan": {roster.Plan{Steps: steps([]string{"dana"})}, 3, 0, ""},
		"without steps":    {roster.Plan{}, 0, 0, "If nobody says that she is on it by 12:10, this goes to lee and rita too."},
	} {
		s := alert.Standing{Told: alert.Told{Step: c.step, Stepped: noon.Add(-c.stepped)}}
		if got := at(c.plan).next(s); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestStepsAsTheyAreListed(t *testing.T) {
	l := at(roster.Plan{Rotations: []roster.Rotation{{Name: "day"}}, Steps: []roster.Step{{Rotations: []string{"day"}, Wait: time.Hour}, {People: []string{"lee"}, Wait: 10 * time.Minute}, {Everybody: true}}})
	want := []step{{"At once", "lee"}, {"After 10 minutes", "dana and rita"}}
	if got := l.steps(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestLinksStayOnTheDesk(t *testing.T) {
	for address, want := range map[string]string{
		"https://desk.example/cases/abc": "/cases/abc", "https://desk.example": "/", "https://desk.example/?lane=urgent&state=going": "/?lane=urgent&state=going",
		"https://desk.example/on-call": "/on-call", "": "", "https://desk.example/logout": "", "javascript:alert(1)": "", "/cases/abc": "", "https://desk.example/%zz": "",
	} {
		if got := link(address); got != want {
			t.Errorf("%q leads to %q, want %q", address, got, want)
		}
	}
	for next, want := range map[string]string{
		"/": "/", "/cases/abc": "/cases/abc", "/?lane=clear": "/?lane=clear", "/account?x=1#y": "/account?x=1", "//evil.example": "/", "https://evil.example/account": "/",
		`/\evil.example`: "/", "/logout?x": "/", "/cases/../logout": "/", "": "/", "%": "/",
	} {
		if got := back(next); got != want {
			t.Errorf("back to %q leads to %q, want %q", next, got, want)
		}
	}
}

func TestWhoIsSaidToBeCalled(t *testing.T) {
	heard := func(person string, round int, first time.Time) alert.Heard {
		return alert.Heard{Person: person, Channel: "sms", Round: round, First: first}
	}
	for name, c := range map[string]struct {
		lines   []alert.Heard
		say     string
		unheard bool
	}{
		"nobody yet":       {nil, "Somebody is being called: x.", false},
		"the team only":    {[]alert.Heard{heard("", 2, noon)}, "Somebody is being called: x.", false},
		"of another round": {[]alert.Heard{heard("dana", 1, noon)}, "Somebody is being called: x.", false},
		"in vain":          {[]alert.Heard{heard("dana", 2, time.Time{})}, "Nobody has been reached yet: x.", true},
		"one":              {[]alert.Heard{heard("dana", 2, noon), heard("dana", 2, noon), heard("lee", 2, time.Time{})}, "dana is being called: x.", false},
		"two":              {[]alert.Heard{heard("lee", 2, noon), heard("dana", 2, noon)}, "dana and lee are being called: x.", false},
	} {
		told := alert.Told{Alert: alert.Alert{Key: "k", Severity: alert.Page, What: "x"}, Round: 2, Lines: map[string]alert.Heard{}}
		for i, h := range c.lines {
			told.Lines[string(rune('a'+i))] = h
		}
		l := at(roster.Plan{}, told)
		got := l.call(l.duty.Calling())
		if got.Say != c.say || got.Unheard != c.unheard || got.Alert != "2 k 0 0 0" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhereSomethingIsWrong(t *testing.T) {
	l := at(roster.Plan{})
	for where, want := range map[string]string{"": "", "facebook cedar": "Facebook cedar", "x": "X", "google two words": "Google two words"} {
		if got := l.where(where); got != want {
			t.Errorf("%q is %q, want %q", where, got, want)
		}
	}
}

func TestAnAnswerByAnotherWay(t *testing.T) {
	l := at(roster.Plan{})
	for how, want := range map[string]string{"desk": "lee is on it, since 11:50.", "": "lee is on it, since 11:50.", "reply": "lee is on it, since 11:50: she said so by a reply.",
		"pagerduty": "lee is on it, since 11:50: she said so on pagerduty."} {
		if got := l.ack(alert.Ack{By: "lee", At: noon.Add(-10 * time.Minute), How: how}); got != want {
			t.Errorf("%q: %q, want %q", how, got, want)
		}
	}
}

// What changes the page changes its tag, and a look later does not.
func TestThePageKnowsThatItChanged(t *testing.T) {
	told := alert.Told{Alert: alert.Alert{Key: "k", Severity: alert.Page, What: "x"}}
	before := at(roster.Plan{}, told)
	later := at(roster.Plan{}, told)
	later.now = noon.Add(time.Hour)
	if before.tag() != later.tag() {
		t.Error("time alone changes the page")
	}
	told.Step = 1
	tags := map[string]bool{before.tag(): true, at(roster.Plan{}).tag(): true, at(roster.Plan{}, told).tag(): true,
		at(roster.Plan{Overrides: []roster.Override{{ID: "1", Person: "lee", From: noon, Until: noon.Add(time.Hour)}}}, told).tag(): true}
	failing := at(roster.Plan{}, told)
	failing.state["sms"] = alert.State{Channel: "sms", Failing: noon, Why: "x"}
	tags[failing.tag()] = true
	if len(tags) != 5 {
		t.Errorf("%d tags of 5 pages", len(tags))
	}
}
