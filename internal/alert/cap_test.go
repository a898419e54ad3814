package alert

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// at is how long after the start the first line with sub was told; false: it was not.
func (w *world) firstAt(sub string) (time.Duration, bool) {
	got := w.heardOf(sub)
	if len(got) == 0 {
		return 0, false
	}
	d, _ := time.ParseDuration(got[0][:strings.IndexByte(got[0], ' ')])
	return d, true
}

// notices to an address within the worst hour.
func (w *world) worstHour(to string) (worst int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var at []time.Time
	for i, n := range w.full {
		who := n.To
		if who == "" {
			who = w.on[i]
		}
		if who == to && slices.ContainsFunc(n.Messages, func(m Message) bool { return m.Change.calls() }) {
			at = append(at, n.At)
		}
	}
	for i := range at {
		n := 0
		for _, a := range at[i:] {
			if a.Sub(at[i]) < time.Hour {
				n++
			}
		}
		worst = max(worst, n)
	}
	return worst
}

// Without a team what can wait goes to whoever is on call, uses up her hour, and an urgent
// case then reaches nobody until it has passed.
func TestQuietThingsKeepNoPageBack(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		var all []Alert
		for i := range 20 { // an outage, and then the comments that it kept back
			all = append(all, alertOf(fmt.Sprintf("cases/clear/a%02d", i), Tell))
			w.sees(all...)
			w.passes(time.Minute)
		}
		at := time.Since(w.began)
		w.sees(append(all, alertOf("cases/urgent/z", Page))...)
		w.passes(2 * time.Hour)
		if told, ok := w.firstAt("urgent/z"); !ok || told-at > time.Minute {
			t.Errorf("urgent at %v, first told %v (%v)", at, told, ok)
		}
	}, "dana")
}

// And they are not capped at all.
func TestQuietThingsAreCapped(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		var all []Alert
		for i := range 55 {
			all = append(all, alertOf(fmt.Sprintf("cases/clear/a%02d", i), Tell))
			w.sees(all...)
			w.passes(time.Minute)
		}
		if n := w.worstHour("dana"); n > 20 {
			t.Errorf("dana got %d notices in an hour, most is 20", n)
		}
	}, "dana")
}

// The cap holds on her telephone while the provider beside it is down.
func TestCapHoldsWhileTheProviderIsDown(t *testing.T) {
	inBubble(t, func(w *world) {
		w.paged().does(refuses)
		w.start()
		var all []Alert
		for i := range 55 {
			all = append(all, alertOf(fmt.Sprintf("cases/urgent/a%02d", i), Page))
			w.sees(all...)
			w.passes(time.Minute)
		}
		if n := w.worstHour("dana"); n > 20 {
			t.Errorf("dana got %d texts in an hour, most is 20", n)
		}
	}, "dana")
}

// What PagerDuty takes uses nothing of what her telephone may ring.
func TestIncidentsUseNoCap(t *testing.T) {
	inBubble(t, func(w *world) {
		w.paged()
		w.duty.Base.People[0].Lines[1].After = 5 * time.Minute
		w.start()
		var all []Alert
		for i := range 14 {
			all = append(all, alertOf(fmt.Sprintf("cases/urgent/a%02d", i), Page))
		}
		w.sees(all...)
		w.passes(3 * time.Hour)
		if told, ok := w.firstAt(" dana "); !ok || told > 6*time.Minute {
			t.Errorf("her telephone, due after 5m, rang first after %v (%v)", told, ok)
		}
	}, "dana")
}

// What is told once an hour goes to a provider that keeps incidents together, too.
func TestHourlyAtAProvider(t *testing.T) {
	inBubble(t, func(w *world) {
		w.channel("pd", true)
		w.duty.Base.Team = []roster.Line{{Channel: "pd"}}
		w.start()
		var all []Alert
		for i := range 40 {
			all = append(all, alertOf(fmt.Sprintf("cases/look/acct%02d", i), Slow))
		}
		w.sees(all...)
		w.passes(2 * time.Hour)
		if n := len(w.heardOf("new")); n < 40 {
			t.Errorf("%d of 40 were told in two hours", n)
		}
	})
}

// That something is over which could wait wakes nobody.
func TestOverWakesNobody(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Quiet, _ = roster.ParseHours([]string{"22:00-07:00"})
		w.passes(21 * time.Hour)
		w.start()
		w.sees(clearAlert(1))
		w.passes(6 * time.Hour)
		w.sees() // at three in the morning
		w.passes(time.Minute)
		if got := w.heardOf("over"); len(got) > 0 {
			t.Errorf("in the quiet hours: %v", got)
		}
	}, "dana")
}

// A provider that delivers and does not say so rings her no more than the cap allows.
func TestHalfAnswersKeepTheCap(t *testing.T) {
	inBubble(t, func(w *world) {
		var texts atomic.Int64
		w.phones["sms"].does(func(ctx context.Context, _ Notice) error { texts.Add(1); <-ctx.Done(); return ctx.Err() })
		w.start()
		var all []Alert
		for i := range 6 {
			all = append(all, alertOf(fmt.Sprintf("cases/urgent/a%02d", i), Page))
			w.sees(all...)
			w.passes(47 * time.Second)
		}
		w.passes(time.Hour - time.Since(w.began))
		if n := texts.Load(); n > 23 {
			t.Errorf("%d texts reached her in the hour, most is 20", n)
		}
	}, "dana")
}

// A practice of one: her telephone is the team's, too, and has one cap.
func TestHerPhoneIsTheTeams(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "sms", To: "dana"}}
		w.start()
		var all []Alert
		for i := range 55 {
			all = append(all, alertOf(fmt.Sprintf("cases/urgent/a%02d", i), Page))
			w.sees(all...)
			w.passes(time.Minute)
		}
		if n := w.worstHour("dana"); n > 20 {
			t.Errorf("dana got %d notices in an hour, most is 20", n)
		}
		told, answered := len(w.heardOf("new")), 0
		for _, s := range w.duty.Calling() {
			if _, called := s.AsHeard(func(h Heard) bool { return h.Person == "dana" }); called {
				answered++
			}
		}
		if told < 20 || answered != told {
			t.Errorf("she was called about %d, and may answer %d by text", told, answered)
		}
	}, "dana")
}

// Where nobody is configured but a team, a page is repeated as configured.
func TestRepeatOfATeam(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.Pager.Pace.Repeat = time.Hour
		w.start()
		w.sees(urgent(1))
		w.passes(59 * time.Minute)
		if n := len(w.heardOf("urgent")); n != 1 {
			t.Errorf("told %d times in the hour: alerts.repeat is 1h", n)
		}
	})
}
