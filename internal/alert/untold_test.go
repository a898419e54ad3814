package alert

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

func alertOf(key string, s Severity) Alert {
	a := urgent(1)
	a.Key, a.Severity = key, s
	return a
}

func (w *world) heardOf(sub string) (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.lines {
		if strings.Contains(l, sub) {
			out = append(out, l)
		}
	}
	return out
}

func (w *world) forgets() { w.mu.Lock(); w.lines = nil; w.mu.Unlock() }

func (w *world) paged() *phone {
	w.duty.Base.People[0].Lines = []roster.Line{{Channel: "pd"}, {Channel: "sms", To: "dana"}}
	return w.channel("pd", true)
}

// The cap keeps no new trouble back while others are repeated.
func TestTwelveAccountsAtOnce(t *testing.T) {
	inBubble(t, func(w *world) {
		w.paged()
		w.start()
		var all []Alert
		for i := range 12 {
			all = append(all, alertOf(fmt.Sprintf("cases/urgent/acct%02d", i), Page))
		}
		w.sees(all...)
		w.passes(6 * time.Hour)
		for i := range 12 {
			if len(w.heardOf(fmt.Sprintf("acct%02d", i))) == 0 {
				t.Errorf("acct%02d: nobody was told in 6 h", i)
			}
		}
	}, "dana")
}

// What is over or acknowledged calls nobody, and counts as no call.
func TestEndsDoNotUseTheCap(t *testing.T) {
	inBubble(t, func(w *world) {
		w.paged()
		w.start()
		for i := range 2 {
			w.sees(alertOf(fmt.Sprintf("cases/urgent/a%d", i), Page))
			w.acknowledge(fmt.Sprintf("cases/urgent/a%d", i), "dana")
			w.sees()
		}
		w.sees(alertOf("cases/urgent/z", Page)) // at 6 s
		w.passes(30 * time.Minute)
		if got := w.heardOf("/z"); len(got) == 0 || !strings.HasPrefix(got[0], "6s") {
			t.Errorf("told %v", got)
		}
	}, "dana")
}

// Eleven in half an hour are told, and the twelfth at once.
func TestEachUrgentCaseOfAnHourIsTold(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		for i := range 11 {
			w.sees(alertOf(fmt.Sprintf("cases/urgent/a%02d", i), Page))
			w.passes(3 * time.Minute)
			w.sees()
		}
		at := time.Since(w.began)
		w.sees(alertOf("cases/urgent/z", Page))
		w.passes(2 * time.Hour)
		if got := w.heardOf("/z"); len(got) == 0 || !strings.HasPrefix(got[0], "33m") {
			t.Errorf("appeared at %v, told %v; %d of the 11 before were told", at, got[0], len(w.heardOf("new"))-1)
		}
	}, "dana")
}

func busyProvider(t *testing.T, do func(context.Context, Notice) error) {
	inBubble(t, func(w *world) {
		pd := w.paged()
		w.duty.Base.Team = []roster.Line{{Channel: "pd"}}
		pd.does(do)
		w.start()
		var all []Alert
		for i := range 40 {
			all = append(all, alertOf(fmt.Sprintf("cases/clear/acct%02d", i), Tell))
		}
		w.sees(append(all, alertOf("cases/urgent/z", Page))...)
		w.passes(3 * time.Hour)
		if got := w.heardOf("urgent"); len(got) == 0 {
			t.Errorf("urgent was told to nobody in 3 h; pd tried %d times", len(pd.ids))
		} else if !strings.HasPrefix(got[0], "0s") && len(got[0][:strings.IndexByte(got[0], ' ')]) > 3 {
			t.Errorf("urgent first told: %v", got[0])
		}
	}, "dana")
}

// An urgent one waits behind no others, and takes the next line where its own hangs.
func TestHangingProviderKeepsNoPageBack(t *testing.T) { busyProvider(t, hangs) }

// Nor where the provider takes ten seconds for each.
func TestSlowProviderKeepsNoPageBack(t *testing.T) {
	busyProvider(t, func(context.Context, Notice) error { time.Sleep(10 * time.Second); return nil })
}

// What is told once an hour at most is told together, and none is left out.
func TestManyUnjudgedAreTold(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		var all []Alert
		for i := range 40 {
			all = append(all, alertOf(fmt.Sprintf("cases/look/acct%02d", i), Slow))
		}
		w.sees(all...)
		w.passes(72 * time.Hour)
		never := 0
		for i := range 40 {
			if len(w.heardOf(fmt.Sprintf("acct%02d", i))) == 0 {
				never++
			}
		}
		if never > 0 {
			t.Errorf("never told in 72 h: %d of 40; acct01 first %v", never, w.heardOf("acct01")[:1])
		}
	})
}

// What comes and goes within the hour is told once.
func TestHourlyIsHourly(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		for range 6 {
			w.sees(alertOf("cases/look/a", Slow))
			w.passes(5 * time.Minute)
			w.sees()
			w.passes(4 * time.Minute)
		}
		if n := len(w.heardOf("new")); n > 1 {
			t.Errorf("within the hour %d new and %d over", n, len(w.heardOf("over")))
		}
	})
}

// A trouble of another day is another notice to whoever drops IDs that he knows.
func TestAnotherDayHasAnotherID(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.sees()
		w.passes(24 * time.Hour)
		w.sees(urgent(1))
		if w.full[0].ID == w.full[2].ID {
			t.Errorf("a new case a day later has the ID of yesterday's: %s", w.full[0].ID)
		}
	}, "dana")
}

// What passed in a long quiet time is told to be over when it ends.
func TestOverIsToldAfterALongWeekend(t *testing.T) {
	inBubble(t, func(w *world) {
		quiet, _ := roster.ParseHours([]string{"Sat-Sun", "Mon 00:00-07:00"})
		w.duty.Base.Quiet, w.duty.Base.Team = quiet, []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		for time.Now().Weekday() != time.Friday {
			w.passes(time.Hour)
		}
		w.passes(12 * time.Hour)
		w.start()
		w.sees(clearAlert(1))
		w.passes(13 * time.Hour)
		w.sees()
		w.passes(4 * 24 * time.Hour)
		if len(w.heardOf("over")) == 0 {
			t.Errorf("over was never told: %v", w.lines)
		}
	})
}

// An incident that seemed to fail may be open: it is ended, too.
func TestHalfOpenIncidentIsEnded(t *testing.T) {
	inBubble(t, func(w *world) {
		var took []string
		w.paged().does(func(_ context.Context, n Notice) error {
			if took = append(took, string(n.Messages[0].Change)); n.Messages[0].Change == New {
				return &Failure{Why: "it did not answer in time"} // and has opened the incident
			}
			return nil
		})
		w.duty.Base.People[0].Lines = w.duty.Base.People[0].Lines[:1]
		w.start()
		w.sees(urgent(1))
		w.sees()
		w.passes(time.Hour)
		if fmt.Sprint(took) != "[new over]" {
			t.Errorf("the provider took %v: its incident never ends", took)
		}
	}, "dana")
}

// A clock that was set back does not put the reminder off for ever.
func TestClockBackReminds(t *testing.T) {
	inBubble(t, func(w *world) {
		shift := w.clock()
		w.start()
		w.sees(urgent(1))
		w.acknowledge("cases/urgent/cedar", "dana")
		shift(-5 * time.Hour)
		w.forgets()
		w.passes(4 * time.Hour)
		if len(w.heardOf("forgotten")) == 0 {
			t.Errorf("4 h after the acknowledgement nobody was reminded: %v", w.lines)
		}
	}, "dana")
}
