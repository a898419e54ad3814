package alert

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// What is louder than what she said she deals with calls anew.
func TestLouderCallsAnew(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		late := alertOf("waiting/clear/cedar", Tell)
		w.sees(late)
		w.acknowledge(late.Key, "dana")
		w.forgets()
		late.Severity = Page
		w.sees(late)
		if s := w.standing(late.Key); s.Ack != nil || len(w.heardOf("dana new")) != 1 {
			t.Errorf("acknowledged by %v, told %v", s.Ack, w.lines)
		}
	}, "dana")
}

// What has its cause elsewhere is called from the first step once it stands alone.
func TestWhatWasHiddenBeginsAtTheFirstStep(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		effect := alertOf("judging/stuck", Page)
		w.sees(effect)
		w.passes(6 * time.Minute) // the second step
		w.sees(effect, alertOf("bus/health", Page))
		w.acknowledge("bus/health", "dana")
		w.passes(10 * time.Minute)
		w.forgets()
		w.sees(effect)
		if got := w.heardOf("lee "); w.standing(effect.Key).Step != 0 || len(w.heardOf("judging")) == 0 {
			t.Errorf("step %d, lee %v, all %v", w.standing(effect.Key).Step, got, w.lines)
		}
	}, "dana", "lee")
}

func TestWhatStandsForWhat(t *testing.T) {
	for _, c := range []struct {
		broad, effect string
		b, e          Severity
		want          bool
	}{
		{"bus/health", "judging/stuck", Page, Page, true}, {"bus/health", "judging/stuck", Tell, Page, false}, {"bus/health", "judging/stuck", Page, Slow, true},
		{"sources/facebook", "sources/facebook/cedar", Tell, Tell, true}, {"sources/facebook", "sources/facebookish", Tell, Tell, false},
		{"sources/facebook", "sources/facebook/expiry", Tell, Tell, true}, {"clock/skew", "sources/facebook/expiry", Tell, Tell, false},
		{"clock/skew", "sources/facebook/cedar", Tell, Tell, true}, {"cases/urgent", "cases/urgent/cedar", Page, Page, false}, {"judging/stuck", "bus/health", Page, Page, false},
	} {
		if got := covers(Alert{Key: c.broad, Severity: c.b}, Alert{Key: c.effect, Severity: c.e}); got != c.want {
			t.Errorf("%s (%s) stands for %s (%s): %v", c.broad, c.b, c.effect, c.e, got)
		}
	}
}

// How many notices are left for what: 20 an hour for what nobody has heard of.
func TestWhatTheCapAllows(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	dana := roster.Person{Name: "dana", Lines: []roster.Line{{Channel: "sms", To: "1"}, {Channel: "voice", To: "2"}}}
	stamps := func(n int, first time.Duration, s stamp) (out []stamp) {
		for i := range n {
			s.at = now.Add(-first + time.Duration(i)*time.Second)
			out = append(out, s)
		}
		return out
	}
	old, fresh, quietly, maybe := 30*time.Minute, 5*time.Minute, stamp{quiet: true}, stamp{unclear: true}
	for name, c := range map[string]struct {
		sms, voice          []stamp
		news, repeat, quiet bool
		line                bool
	}{
		"nothing yet":                {nil, nil, true, true, true, true},
		"13 pages":                   {stamps(13, old, stamp{}), nil, true, false, false, true},
		"12 pages on two lines":      {stamps(6, old, stamp{}), stamps(6, 20*time.Minute, stamp{}), true, true, true, true},
		"20 pages on two lines":      {stamps(10, old, stamp{}), stamps(10, 20*time.Minute, stamp{}), false, false, false, true},
		"6 pages just now":           {stamps(6, fresh, stamp{}), nil, true, false, true, true},
		"6 quiet ones":               {stamps(6, fresh, quietly), nil, true, true, false, true},
		"12 pages, 5 quiet":          {stamps(12, old, stamp{}), stamps(5, fresh, quietly), true, false, false, true},
		"20 that may have arrived":   {stamps(20, old, maybe), nil, true, true, true, false},
		"20 pages an hour ago":       {stamps(20, 61*time.Minute, stamp{}), nil, true, true, true, true},
		"20 from ahead of the clock": {stamps(20, -time.Hour, stamp{}), nil, true, true, true, true},
	} {
		p := &Pager{Pace: Pace{}.orDefault(), sent: map[string][]stamp{}}
		p.sent[p.lineKey(dana.Lines[0])], p.sent[p.lineKey(dana.Lines[1])] = c.sms, c.voice
		p.lapse(now)
		d := &decision{Pager: p, now: now}
		if n, r, q, l := d.allows(dana, news), d.allows(dana, repeat), d.allows(dana, quiet), d.takes(p.lineKey(dana.Lines[0])); n != c.news || r != c.repeat || q != c.quiet || l != c.line {
			t.Errorf("%s: news %v, repeats %v, quiet ones %v, the line %v", name, n, r, q, l)
		}
	}
}

// The reminder and the calls after it come in time though nothing else happens.
func TestReminderNeedsNoLook(t *testing.T) {
	inBubble(t, func(w *world) {
		w.Pager.Every = 24 * time.Hour
		w.start()
		w.sees(urgent(1))
		w.acknowledge("cases/urgent/cedar", "dana")
		w.forgets()
		w.passes(29 * time.Minute)
		w.hears()
		w.passes(time.Minute)
		w.hears("30m1s dana forgotten cases/urgent/cedar 1")
		w.passes(10 * time.Minute)
		w.hears("40m1s dana new cases/urgent/cedar 1")
	}, "dana")
}

// One hiccup of a line that was told does not call the next person; a dead line does.
func TestHiccupCallsNobodyElse(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Steps[0].Wait = 10 * time.Hour
		w.start()
		w.sees(urgent(1))
		w.passes(9 * time.Minute)
		w.phones["sms"].does(func(_ context.Context, n Notice) error {
			if n.To == "dana" {
				return &Failure{Why: "it is down"}
			}
			return nil
		})
		w.passes(63 * time.Second)
		if got := w.heardOf("lee"); len(got) > 0 {
			t.Errorf("after a first failure %v", got)
		}
		w.passes(5 * time.Minute)
		if len(w.heardOf("lee")) == 0 {
			t.Error("her line is dead, and nobody else is called")
		}
	}, "dana", "lee")
}

// Her line is busy with another notice: nobody else is called for that.
func TestABusyLineCallsNobodyElse(t *testing.T) {
	inBubble(t, func(w *world) {
		w.phones["sms"].does(slow)
		w.start()
		a, b := alertOf("cases/urgent/a", Page), alertOf("cases/urgent/b", Page)
		w.sees(a)
		w.sees(a, b)
		w.passes(time.Minute)
		if got := w.heardOf("lee"); len(got) > 0 || len(w.heardOf("dana new")) != 2 {
			t.Errorf("lee %v, all %v", got, w.lines)
		}
	}, "dana", "lee")
}

// A clock that was set back delays no step, no try and no end.
func TestClockBackDelaysNothing(t *testing.T) {
	back := func(t *testing.T, before, after func(w *world), want string) {
		inBubble(t, func(w *world) {
			shift := w.clock()
			w.start()
			before(w)
			w.forgets()
			shift(-5 * time.Hour)
			after(w)
			w.passes(6 * time.Minute)
			if len(w.heardOf(want)) == 0 {
				t.Errorf("%s is not among %v", want, w.lines)
			}
		}, "dana", "lee")
	}
	nothing := func(*world) {}
	calm := urgent(1)
	calm.Calm = time.Minute
	t.Run("step", func(t *testing.T) { back(t, func(w *world) { w.sees(urgent(1)) }, nothing, "lee new") })
	t.Run("try", func(t *testing.T) {
		back(t, func(w *world) { w.phones["sms"].does(refuses); w.sees(urgent(1)); w.passes(time.Hour) }, func(w *world) { w.phones["sms"].does(nil) }, "dana new")
	})
	t.Run("end", func(t *testing.T) { back(t, func(w *world) { w.sees(calm); w.sees() }, nothing, "dana over") })
}

// What nobody takes that it is over is let go after a day or so.
func TestOverIsNotTriedForEver(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.phones["sms"].does(refuses)
		w.sees()
		w.passes(12 * time.Hour)
		if len(w.told.All()) == 0 {
			t.Error("it was let go after half a day")
		}
		w.passes(36 * time.Hour)
		if len(w.told.All()) > 0 {
			t.Error("it is tried for ever")
		}
	}, "dana")
}

// A provider that keeps incidents is not sent more than it can take at once; a page does
// not wait for that.
func TestFewAtOnce(t *testing.T) {
	inBubble(t, func(w *world) {
		var now, most atomic.Int64
		w.paged().does(func(context.Context, Notice) error {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(10 * time.Second)
			now.Add(-1)
			return nil
		})
		w.duty.Base.Team = []roster.Line{{Channel: "pd"}}
		w.start()
		var all []Alert
		for i := range 30 {
			all = append(all, alertOf("sources/f/"+string(rune('a'+i)), Tell))
		}
		w.sees(all...)
		if n := most.Load(); n != atOnce {
			t.Errorf("%d at once", n)
		}
		w.sees(append(all, urgent(1))...)
		if n := now.Load(); n != atOnce+1 {
			t.Errorf("%d with a page", n)
		}
	}, "dana")
}

// What is stored first of a slow store is what calls.
func TestPagesAreStoredFirst(t *testing.T) {
	inBubble(t, func(w *world) {
		w.Pager.Memory = tardy{w.told}
		w.start()
		w.sees(alertOf("aaa/quiet", Tell), alertOf("bbb/quiet", Slow), urgent(1), alertOf("zzz/quiet", Tell))
		w.passes(4500 * time.Millisecond)
		if all := w.told.All(); len(all) != 1 || all[0].Alert.Severity != Page {
			t.Errorf("stored first: %+v", all)
		}
	}, "dana")
}

// A check that cannot look has been blind since it first could not.
func TestBlindSinceWhen(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.check.fails(errFull)
		w.passes(10 * time.Minute)
		if s := w.standing("cases/blind"); time.Since(s.Alert.Since) < 9*time.Minute {
			t.Errorf("blind since %v", time.Since(s.Alert.Since))
		}
	}, "dana")
}

// What is stored of an alert is what it is now, though nobody is told again.
func TestStandingIsAsItIs(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		a := clearAlert(1)
		w.sees(a)
		for _, change := range []func(){func() { a.Count = 2 }, func() { a.Latest = a.Latest.Add(time.Second) }, func() { a.What = "another" }, func() { a.Link = "https://desk" }, func() { a.Severity = Slow }} {
			change()
			w.sees(a)
			if got := w.standing(a.Key).Alert; got != a {
				t.Errorf("the desk shows %+v, it is %+v", got, a)
			}
		}
	}, "dana")
}

// Fewer than were told are left, and one is added: that is more.
func TestMoreThanWereLeft(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		two := urgent(2)
		w.sees(two)
		one := two
		one.Count = 1
		w.sees(one)
		w.forgets()
		w.sees(two)
		w.hears("2s dana more cases/urgent/cedar 2")
	}, "dana")
}

// How a channel does is not stored at each notice.
func TestChannelsAreNotStoredEachTime(t *testing.T) {
	inBubble(t, func(w *world) {
		n := 0
		w.Pager.States = counted{w.Pager.States, &n}
		w.start()
		for i := range 10 {
			w.sees(urgent(i + 1))
		}
		if n != 1 {
			t.Errorf("stored %d times for ten notices in ten seconds", n)
		}
	}, "dana")
}

type counted struct {
	States
	n *int
}

func (c counted) Put(ctx context.Context, s State) error { *c.n++; return c.States.Put(ctx, s) }

// What a line heard in another round, or refused, is no news to her; what failed and may
// have arrived counts where nothing else did.
func TestAsHeard(t *testing.T) {
	s := Standing{Told: Told{Alert: alertOf("k", Page), Round: 1, Lines: map[string]Heard{
		"a": {Person: "dana", Round: 0, First: noon, Last: noon, Times: 1, Count: 9},
		"b": {Person: "dana", Round: 1, Tried: noon, Tries: 1, Count: 8},
	}}}
	dana := func(h Heard) bool { return h.Person == "dana" }
	if as, told := s.AsHeard(dana); told {
		t.Errorf("%+v", as)
	}
	s.Lines["c"] = Heard{Person: "dana", Round: 1, Tried: noon, Tries: 1, Count: 3, Unclear: true}
	if as, told := s.AsHeard(dana); !told || as.Alert.Count != 3 {
		t.Errorf("%+v", as)
	}
	h := Heard{Round: 1, First: noon, Last: noon, Times: 1, Count: 1}
	h.note(call{round: 1, change: More}, result{err: context.DeadlineExceeded, at: noon}, Message{Alert: Alert{Count: 5}}, true, noon)
	if h.Count != 1 || h.Unclear || h.Tries != 1 {
		t.Errorf("%+v", h)
	}
	h.note(call{round: 2, change: New}, result{err: context.DeadlineExceeded, at: noon}, Message{Alert: Alert{Count: 5}}, true, noon)
	if h.Count != 5 || !h.Unclear || !h.First.IsZero() {
		t.Errorf("%+v", h)
	}
}

// What calls is what pages, stands by itself, and nobody deals with.
func TestCalling(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(alertOf("bus/health", Page), alertOf("judging/stuck", Page), alertOf("cases/urgent/a", Page), alertOf("disk/low", Tell))
		w.acknowledge("cases/urgent/a", "dana")
		var keys []string
		for _, s := range w.duty.Calling() {
			keys = append(keys, s.Alert.Key)
		}
		if !slices.Equal(keys, []string{"bus/health"}) {
			t.Errorf("%v call", keys)
		}
		week := 7*24*time.Hour + time.Minute
		_ = w.duty.Overrides.Put(t.Context(), roster.Override{ID: "old", Person: "lee", From: time.Now().Add(-2 * week), Until: time.Now().Add(-week)})
		_ = w.duty.Overrides.Put(t.Context(), roster.Override{ID: "late", Person: "lee", From: time.Now().Add(-2 * week), Until: time.Now().Add(-time.Hour)})
		if o := w.duty.Plan().Overrides; len(o) != 1 || o[0].ID != "late" {
			t.Errorf("%+v", o)
		}
	}, "dana", "lee")
}

// The heart is well where somebody is reached, or nobody is meant to be.
func TestHeartIsWell(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(w *world)
		well bool
	}{
		"her phone works":   {func(*world) {}, true},
		"her phone is dead": {func(w *world) { w.phones["sms"].does(refuses) }, false},
		"the team's provider calls": {func(w *world) {
			w.phones["sms"].does(refuses)
			w.duty.Base.Team = []roster.Line{{Channel: "pd"}}
			w.channel("pd", true)
		}, true},
		"nobody hears by configuration": {func(w *world) { w.Pager.Channels[0].Silent = true }, true},
		"a silent channel beside a dead": {func(w *world) {
			w.phones["sms"].does(refuses)
			w.channel("screen", false)
			w.Pager.Channels[1].Silent = true
			w.duty.Base.Team = []roster.Line{{Channel: "screen"}}
		}, false},
		"hidden":                       {func(w *world) { w.check.sees(alertOf("bus/health", Page), alertOf("judging/stuck", Page)) }, true},
		"it failed after she was told": {func(w *world) { w.passes(time.Second); w.phones["sms"].does(refuses); w.sees(urgent(2)) }, false},
		"acknowledged, and told to none": {func(w *world) {
			w.phones["sms"].does(refuses)
			w.passes(time.Second)
			w.acknowledge("cases/urgent/cedar", "dana")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				var last atomic.Bool
				w.Beat = func(_ context.Context, well bool) error { last.Store(well); return nil }
				w.check.sees(urgent(1))
				if name == "it failed after she was told" || name == "acknowledged, and told to none" {
					w.start()
					c.set(w)
				} else {
					c.set(w)
					w.start()
				}
				w.passes(4 * time.Minute)
				if last.Load() != c.well {
					t.Errorf("the heart says %v", last.Load())
				}
			}, "dana")
		})
	}
}

// A wrong number of one person is known though others are reached, until it is changed.
func TestAWrongNumberIsKnown(t *testing.T) {
	inBubble(t, func(w *world) {
		wrong := func(_ context.Context, n Notice) error {
			if n.To == "dana" {
				return &Failure{Why: "her number does not exist", Final: true, Address: true}
			}
			return nil
		}
		state := func() State { return w.duty.States.All()[0] }
		w.phones["sms"].does(wrong)
		w.start()
		w.sees(urgent(1))
		w.passes(time.Minute)
		if s := state(); s.Of["dana"].Why != "her number does not exist" || len(s.Of) != 1 || !s.Failing.IsZero() {
			t.Errorf("%+v", s)
		}
		since := state().Of["dana"].Since
		_ = w.duty.Test(t.Context(), roster.Line{Channel: "sms", To: "lee"})
		_ = w.duty.Test(t.Context(), roster.Line{Channel: "sms", To: "dana"})
		if s := state(); !s.Of["dana"].Since.Equal(since) || len(s.Of) != 1 {
			t.Errorf("after tests: %+v", s)
		}
		w.sees()
		w.passes(time.Minute)
		w.stop()
		w.duty.Base.People[0].Lines[0].To = "dana2" // it is corrected in the configuration
		w.start()
		w.sees(urgent(1))
		w.passes(time.Minute)
		if s := state(); len(s.Of) != 0 {
			t.Errorf("corrected: %+v", s)
		}
	}, "dana", "lee")
}

// What a pager stored that had been replaced, and nobody looks after, does not stay.
func TestWhatNobodyLooksAfterGoes(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		_ = w.told.Put(t.Context(), Told{Alert: alertOf("cases/urgent/oak", Page), Began: time.Now()})
		w.passes(time.Minute)
		if all := w.duty.Standing(); len(all) != 1 || all[0].Alert.Key != "cases/urgent/cedar" {
			t.Errorf("the desk shows %+v", all)
		}
	}, "dana")
}

// Who watches sees everything, though the line is somebody's own, too; and an incident ends
// at night, for that rings nobody.
func TestWatchersAndIncidentsKnowNoQuiet(t *testing.T) {
	inBubble(t, func(w *world) {
		w.Watch = []roster.Line{{Channel: "screen"}}
		w.channel("screen", false)
		w.channel("pd", true)
		w.duty.Base.People[0].Lines = append(w.duty.Base.People[0].Lines, roster.Line{Channel: "screen"})
		w.duty.Base.Team = []roster.Line{{Channel: "pd"}}
		w.duty.Base.Quiet, _ = roster.ParseHours([]string{"22:00-07:00"})
		w.passes(20 * time.Hour)
		w.start()
		var all []Alert
		for i := range 15 {
			all = append(all, alertOf("sources/f/"+string(rune('a'+i)), Tell))
			w.sees(all...)
		}
		if n := len(w.heardOf("screen new")); n != 15 {
			t.Errorf("%d of 15 were shown to who watches", n)
		}
		w.passes(4 * time.Hour)
		w.forgets()
		w.sees()
		w.passes(time.Minute)
		if n := len(w.heardOf("pd over")); n != 15 {
			t.Errorf("%d of 15 incidents ended", n)
		}
	}, "dana")
}

// What people were told of is in the reports as such, though a broader alert hid it later.
func TestToldAndThenHiddenWasTold(t *testing.T) {
	inBubble(t, func(w *world) {
		h := &pasts{}
		w.Pager.History = h
		w.start()
		w.sees(alertOf("judging/stuck", Page))
		w.sees(alertOf("judging/stuck", Page), alertOf("bus/health", Page))
		w.sees()
		w.passes(time.Minute)
		for _, p := range h.pasts {
			if p.Hidden {
				t.Errorf("%s was told, and the reports say that it was hidden", p.Alert.Key)
			}
		}
		if len(h.pasts) != 2 {
			t.Errorf("%+v", h.pasts)
		}
	}, "dana")
}
