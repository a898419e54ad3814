package oncall

import (
	"context"
	"slices"
	"strings"
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
	return &look{Words: say.In(say.English), me: people.User{Name: "rita", Role: people.Reviewer}, now: noon, plan: &plan, pace: paceOr(alert.Pace{}), state: map[string]alert.State{},
		duty: &alert.Duty{Memory: none[alert.Told](standing), Acks: none[alert.Ack]{}, States: none[alert.State]{}, Overrides: none[roster.Override]{}, Now: func() time.Time { return noon },
			Channels: []alert.Channel{{Name: "sms", Kind: "sms"}, {Name: "phone", Kind: "voice"}, {Name: "screen", Kind: "terminal", Silent: true}, {Name: "pagerduty", Kind: "pagerduty"}}}}
}

func steps(all ...[]string) (out []roster.Step) {
	for i, names := range all {
		out = append(out, roster.Step{People: names, Wait: time.Duration(i+1) * 10 * time.Minute})
	}
	return out
}

func TestWhatComesNext(t *testing.T) {
	lonely := []roster.Rotation{{Name: "day", People: nil}}
	quick := []roster.Line{{Channel: "sms"}, {Channel: "phone", After: 2 * time.Minute}}
	dana := roster.Plan{People: []roster.Person{{Name: "dana", Lines: quick}, {Name: "lee", Lines: quick[:1]}}, Steps: steps([]string{"dana"}, []string{"lee"})}
	heard := func(person string, last time.Duration) map[string]alert.Heard {
		return map[string]alert.Heard{"x": {Person: person, Channel: "sms", First: noon.Add(-4 * time.Minute), Last: noon.Add(-last)}}
	}
	for name, c := range map[string]struct {
		plan  roster.Plan
		told  alert.Told
		want  []string
		final bool
	}{
		"the next step": {roster.Plan{Steps: steps([]string{"dana"}, []string{"lee"})}, alert.Told{Stepped: noon.Add(-4 * time.Minute)}, []string{"12:06 in 6 minutes: lee, by text message"}, false},
		"it is due":     {roster.Plan{Steps: steps([]string{"dana"}, []string{"lee", "rita"})}, alert.Told{Stepped: noon.Add(-10 * time.Minute)}, []string{"now: lee and rita, by text message"}, false},
		"in seconds":    {roster.Plan{Steps: steps([]string{"dana"}, []string{"lee"})}, alert.Told{Stepped: noon.Add(-10*time.Minute + time.Second)}, []string{"12:00 in less than a minute: lee, by text message"}, false},
		"an empty step takes no time": {roster.Plan{Rotations: lonely, Steps: []roster.Step{{People: []string{"dana"}, Wait: 10 * time.Minute}, {Rotations: []string{"day"}, Wait: time.Hour}, {Everybody: true}}},
			alert.Told{Stepped: noon}, []string{"12:10 in 10 minutes: lee and rita, by text message"}, false},
		"nobody else":      {roster.Plan{Steps: steps([]string{"dana"}, []string{"lee"})}, alert.Told{Step: 1, Stepped: noon}, nil, true},
		"of a longer plan": {roster.Plan{Steps: steps([]string{"dana"})}, alert.Told{Step: 3, Stepped: noon}, nil, true},
		"without steps":    {roster.Plan{}, alert.Told{Stepped: noon}, []string{"12:10 in 10 minutes: lee and rita, by text message"}, false},
		"her phone, the next step, and her again": {dana, alert.Told{Stepped: noon.Add(-4 * time.Minute), Lines: heard("dana", 3*time.Minute)},
			[]string{"now: dana, by phone call", "12:06 in 6 minutes: lee, by text message", "12:07 in 7 minutes: dana again, by text message"}, false},
		"again after its own time":               {dana, alert.Told{Alert: alert.Alert{Again: time.Hour}, Step: 1, Stepped: noon, Lines: heard("lee", 0)}, []string{"13:00 in 60 minutes: lee again, by text message"}, true},
		"what an earlier round heard is nothing": {dana, alert.Told{Round: 1, Step: 1, Stepped: noon, Lines: heard("dana", 0)}, nil, true},
		"a team alone":                           {roster.Plan{People: []roster.Person{}}, alert.Told{Stepped: noon, Lines: heard("", time.Minute)}, []string{"12:09 in 9 minutes: The team again, by text message"}, false},
		"what another stands for":                {dana, alert.Told{HiddenBy: "x", Stepped: noon}, nil, false},
	} {
		c.told.Alert.Severity = alert.Page
		l := at(c.plan)
		var got []string
		for _, one := range l.next(alert.Standing{Told: c.told}) {
			got = append(got, strings.TrimSpace(one.At+" "+one.In)+": "+one.Whom)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if final := l.trouble(alert.Standing{Told: c.told}, 0).Last != ""; final != c.final && c.told.HiddenBy == "" {
			t.Errorf("%s: says that nobody else is called: %v", name, final)
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

// Where no step calls anybody, or nobody who can be reached, all are called at once: the
// page says so as the pager does it.
func TestNobodyIsLeftUncalled(t *testing.T) {
	night, err := roster.ParseHours([]string{"20:00-07:00"})
	if err != nil {
		t.Fatal(err)
	}
	asleep := roster.Plan{Rotations: []roster.Rotation{{Name: "night", People: []string{"dana"}, Start: noon.AddDate(0, 0, -7), Turn: roster.Turn{Days: 7}, Hours: night}},
		Steps: []roster.Step{{Rotations: []string{"night"}, Wait: time.Hour}}}
	l := at(asleep)
	if got, want := l.steps(), []step{{"At once", "dana, lee and rita"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := l.line(); got != "everybody" || l.nobody() != "" {
		t.Errorf("on call: %q; nobody: %q", got, l.nobody())
	}
	var page onCallPage
	l.danger(&page)
	if want := "Nobody is on call now: what is urgent goes to dana, lee and rita. Take over below, or ask somebody who can."; !slices.Equal(page.Red, []string{want}) {
		t.Errorf("%q", page.Red)
	}
	deaf := at(roster.Plan{People: []roster.Person{{Name: "dana", Lines: []roster.Line{{Channel: "phone"}}}, {Name: "lee", Lines: []roster.Line{{Channel: "sms"}}}}, Steps: steps([]string{"dana"})})
	deaf.state["phone"] = alert.State{Channel: "phone", Failing: noon}
	if got, want := deaf.steps(), []step{{"At once", "dana"}, {"At once", "lee"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if deaf.nobody() != "" {
		t.Errorf("lee can be reached: %q", deaf.nobody())
	}
}

func TestHowSheIsCalled(t *testing.T) {
	l := at(roster.Plan{People: []roster.Person{{Name: "rita", Lines: []roster.Line{{Channel: "phone", After: 90 * time.Second}, {Channel: "sms"}, {Channel: "pagerduty"}, {Channel: "old", After: 90 * time.Second}}}}})
	want := []line{{"1", "Text message", "at once"}, {"2", "PagerDuty", "only if text message fails"},
		{"0", "Phone call", "1 minute 30 seconds later, if you have not answered; at once if everything above fails"}, {"3", "Old", "only if phone call fails"}}
	if got := l.lines(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWhoWasToldByWhat(t *testing.T) {
	l := at(roster.Plan{})
	l.duty.Channels = append(l.duty.Channels, alert.Channel{Name: "phone2", Kind: "voice"}, alert.Channel{Name: "hook", Kind: "webhook"})
	for want, of := range map[string][2]string{
		"rita, by text message": {"rita", "sms"}, "The team, by PagerDuty": {"", "pagerduty"}, "The screen where triage runs": {"", "screen"},
		"rita, on the screen where triage runs": {"rita", "screen"}, "rita, by phone call (phone2)": {"rita", "phone2"}, "The team, by hook": {"", "hook"}, "rita, by gone": {"rita", "gone"},
	} {
		if got := l.whom(of[0], of[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	shown := alert.Told{Lines: map[string]alert.Heard{"screen": {Channel: "screen", First: noon, Last: noon, Times: 9}}}
	if got := l.told(alert.Standing{Told: shown}); len(got) != 1 || got[0].Said != "it stands there since 12:00" {
		t.Errorf("%q", got)
	}
	for name, c := range map[string]struct {
		team []roster.Line
		line string
	}{
		"a team": {[]roster.Line{{Channel: "sms"}, {Channel: "screen"}}, "the whole team, by text message"}, "a screen": {[]roster.Line{{Channel: "screen"}}, "nobody: things are only shown on the screen where triage runs"},
	} {
		of := at(roster.Plan{People: []roster.Person{}, Team: c.team})
		of.duty.Channels[2].Silent = false // somebody looks at it
		if got := of.line(); got != c.line {
			t.Errorf("%s: %q, want %q", name, got, c.line)
		}
	}
}

// She is asked whether she still is on it when the reminder is due, and not before; who gets
// no reminder may say so some time before the calls begin anew.
func TestWhenSheIsAskedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		by, reader string
		since      time.Duration
		mine       bool
		asked      string
	}{
		"a moment ago":     {"rita", "rita", time.Second, false, "If it lasts, you are asked at 12:29 whether you still are."},
		"she is reminded":  {"rita", "rita", 30 * time.Minute, true, "Are you still on it? If you do not say so by 12:10, the calls begin anew."},
		"somebody else is": {"lee", "rita", 35 * time.Minute, false, "If it lasts and she does not say so again, the calls begin anew at 12:05."},
		"no reminder yet":  {"otto", "otto", 19 * time.Minute, false, "If it lasts, say so again before 12:11: then the calls begin anew."},
		"no reminder":      {"otto", "otto", 20 * time.Minute, true, "Are you still on it? If you do not say so by 12:10, the calls begin anew."},
	} {
		l := at(roster.Plan{})
		l.me.Name = c.reader
		s := alert.Standing{Told: alert.Told{Alert: alert.Alert{Key: "k", Severity: alert.Page, What: "x"}}, Ack: &alert.Ack{Key: "k", By: c.by, At: noon.Add(-c.since)}}
		got := l.trouble(s, 0)
		if got.Mine != c.mine || got.May != c.mine || got.Asked != c.asked {
			t.Errorf("%s: %v %q, want %v %q", name, got.Mine, got.Asked, c.mine, c.asked)
		}
		s.Alert.Severity = alert.Tell
		if got := l.trouble(s, 0); got.Mine || got.May || got.Asked != "" {
			t.Errorf("%s: of what calls nobody nobody is reminded: %+v", name, got)
		}
	}
}

// A page is made anew when she is to be asked.
func TestThePageChangesWhenSheIsAsked(t *testing.T) {
	told := alert.Told{Alert: alert.Alert{Key: "k", Severity: alert.Page, What: "x"}}
	l := at(roster.Plan{}, told)
	l.duty.Acks = none[alert.Ack]{{Key: "k", By: "rita", At: noon.Add(-29 * time.Minute)}}
	before := l.tag()
	if l.now = noon.Add(time.Minute); l.tag() == before {
		t.Error("she is asked, and the page stays as it is")
	}
}

func TestHowLongSomethingIs(t *testing.T) {
	l := at(roster.Plan{})
	for want, got := range map[string]string{
		"less than a minute": l.age(59 * time.Second), "1 minute": l.age(119 * time.Second), "119 minutes": l.age(2*time.Hour - 1), "3 hours": l.age(3 * time.Hour),
		"now": l.in(-time.Second), "in less than a minute": l.in(time.Second), "in 1 minute": l.in(45 * time.Second), "in 4 minutes": l.in(3*time.Minute + 30*time.Second), "in 3 hours": l.in(3 * time.Hour),
		"1 hour 30 minutes": l.exact(90 * time.Minute), "45 seconds": l.exact(45 * time.Second), "5 minutes": l.exact(5 * time.Minute), "2 days": l.exact(48 * time.Hour),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Who is on call is not offered to take over from herself.
func TestWhoIsOnCallTakesOverFromOthers(t *testing.T) {
	week := func(people ...string) []roster.Rotation {
		return []roster.Rotation{{Name: "day", People: people, Start: noon.Add(-time.Hour), Turn: roster.Turn{Days: 1}}}
	}
	for name, c := range map[string]struct {
		plan             roster.Plan
		role             people.Role
		who, from, until string
		mine, why        string
	}{
		"somebody else is":    {roster.Plan{Rotations: week("dana", "rita")}, people.Reviewer, "rita", "2026-03-02T12:00", "2026-03-03T11:00", "", ""},
		"she is":              {roster.Plan{Rotations: week("rita", "dana")}, people.Reviewer, "rita", "2026-03-03T11:00", "2026-03-04T11:00", "You are on call now. What is filled in is the next shift of somebody else.", ""},
		"she always is":       {roster.Plan{Rotations: week("rita")}, people.Reviewer, "", "", "", "", "You are on call now, and nobody else is in the next 14 days: there is nobody to take over from."},
		"she arranges it":     {roster.Plan{Rotations: week("rita", "dana")}, people.Admin, "dana", "2026-03-02T12:00", "2026-03-03T11:00", "You are on call now. Choose who takes over from you.", ""},
		"the first person":    {roster.Plan{}, people.Reviewer, "rita", "2026-03-02T12:00", "2026-03-03T00:00", "", ""},
		"she alone, arranges": {roster.Plan{People: []roster.Person{{Name: "rita"}}}, people.Admin, "", "", "", "", "You are on call, and there is nobody else who could take over."},
	} {
		l := at(c.plan)
		l.me.Role = c.role
		f := l.offer()
		who := ""
		for i, p := range f.People {
			if p.On || i == 0 && who == "" {
				who = p.Value
			}
		}
		if !f.May {
			who, f.From, f.Until = "", "", ""
		}
		if who != c.who || f.From != c.from || f.Until != c.until || f.Mine != c.mine || f.Why != c.why {
			t.Errorf("%s: %s from %s to %s, %q %q", name, who, f.From, f.Until, f.Mine, f.Why)
		}
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
		"pagerduty": "lee is on it, since 11:50: she said so by PagerDuty."} {
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

// Whose number is wrong is said beside a way that works, and she counts as not reached.
func TestAWrongNumberIsSaid(t *testing.T) {
	l := at(roster.Plan{})
	l.state["sms"] = alert.State{Channel: "sms", OK: noon, Of: map[string]alert.Fault{"dana": {Since: noon.Add(-time.Hour), Why: "her number does not exist"}}}
	out := onCallPage{}
	l.channels(&out)
	if got := out.Ways[0].Of; len(got) != 1 || !strings.HasPrefix(got[0], "It has not reached dana since 11:00: ") || out.Ways[0].Fault != "" {
		t.Errorf("%q", got)
	}
	if l.reachable(l.plan.People[0]) || !l.reachable(l.plan.People[1]) {
		t.Error("dana cannot be reached, and lee can")
	}
}
