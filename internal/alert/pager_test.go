package alert

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// A page goes from one to the next until somebody says that she deals with it, and both
// who was called hear that it is over.
func TestPageEscalatesUntilItIsAcknowledged(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.hears("0s dana new cases/urgent/cedar 1")
		w.passes(4 * time.Minute)
		w.hears()
		w.passes(time.Minute)
		w.hears("5m0s lee new cases/urgent/cedar 1")
		w.passes(5 * time.Minute)
		w.hears("10m0s dana still cases/urgent/cedar 1")
		w.acknowledge("cases/urgent/cedar", "lee")
		w.passes(20 * time.Minute)
		w.hears()
		w.check.sees()
		w.passes(time.Minute)
		w.hears("30m31s dana over cases/urgent/cedar 1", "30m31s lee over cases/urgent/cedar 1")
		if n := len(w.told.All()); n != 0 || len(w.acks.All()) != 0 {
			t.Errorf("%d troubles and %d acknowledgements are remembered", n, len(w.acks.All()))
		}
	}, "dana", "lee")
}

// What comes after somebody acknowledged is not acknowledged.
func TestMoreAfterAnAcknowledgementCallsAnew(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.acknowledge("cases/urgent/cedar", "dana")
		w.hears("0s dana new cases/urgent/cedar 1")
		first := w.full[0].Messages[0].Incident
		known := w.standing("cases/urgent/cedar")
		w.sees(urgent(2))
		w.hears("2s dana new cases/urgent/cedar 2")
		if second := w.full[1].Messages[0].Incident; second == first {
			t.Error("it is the same incident, which a provider that was told of the acknowledgement passes to nobody")
		}
		if err := w.duty.Acknowledge(t.Context(), known, "dana", "reply"); !errors.Is(err, ErrOver) {
			t.Errorf("the acknowledgement of the first round was taken for the second: %v", err)
		}
	}, "dana")
}

// Whoever acknowledged is reminded, and if she says nothing everybody is called again.
func TestAcknowledgedAndForgotten(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.acknowledge("cases/urgent/cedar", "lee")
		w.hears("0s dana new cases/urgent/cedar 1")
		w.passes(31 * time.Minute)
		w.hears("30m1s lee forgotten cases/urgent/cedar 1")
		w.acknowledge("cases/urgent/cedar", "lee")
		w.passes(29 * time.Minute)
		w.hears()
		w.passes(12 * time.Minute)
		w.hears("1h1m2s lee forgotten cases/urgent/cedar 1", "1h11m2s dana new cases/urgent/cedar 1")
	}, "dana", "lee")
}

// Where a line fails the next is tried at once, and what failed is for people to see.
func TestFailingLinePassesItOn(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.People[0].Lines = []roster.Line{{Channel: "push"}, {Channel: "sms", To: "dana"}}
		push := w.channel("push", false)
		push.does(refuses)
		w.start()
		w.sees(urgent(1))
		w.hears("0s dana new cases/urgent/cedar 1")
		if s := w.states(); !strings.Contains(s, "push failing: it is down") || strings.Contains(s, "sms failing") {
			t.Errorf("the channels: %s", s)
		}
		push.does(nil)
		w.passes(4 * time.Minute)
		w.sees(urgent(2))
		w.hears("4m1s push more cases/urgent/cedar 2")
		if s := w.states(); strings.Contains(s, "failing") {
			t.Errorf("the channels: %s", s)
		}
		w.sees()
		w.hears("4m2s push over cases/urgent/cedar 2", "4m2s dana over cases/urgent/cedar 2")
	}, "dana")
}

// Where none of a person's lines takes it the next person is called at once, and where
// nobody can be reached the team is told: never silently nobody.
func TestNobodyReachedGoesToTheTeam(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.duty.Base.People[1].Lines = []roster.Line{{Channel: "push"}}
		w.channel("mail", false)
		push, sms := w.channel("push", false), w.phones["sms"]
		sms.does(refuses)
		w.start()
		w.sees(urgent(1))
		w.hears("0s push new cases/urgent/cedar 1") // lee, who would have been called in five minutes
		push.does(refuses)
		w.acknowledge("cases/urgent/cedar", "max")
		w.sees(urgent(2))
		w.hears("2s mail new cases/urgent/cedar 2")
		sms.does(nil)
		w.passes(15 * time.Second)
		w.mu.Lock()
		if len(w.lines) == 0 || !strings.Contains(w.lines[0], "dana new cases/urgent/cedar 2") {
			t.Errorf("her phone works again, and it was not tried: %v", w.lines)
		}
		w.lines = nil
		w.mu.Unlock()
		w.sees()
		w.passes(time.Second)
		w.hears("18s dana over cases/urgent/cedar 2", "18s mail over cases/urgent/cedar 2")
		push.does(nil)
		w.passes(time.Minute)
		w.hears("37s push over cases/urgent/cedar 2")
	}, "dana", "lee")
}

func (w *world) states() (s string) {
	for _, c := range w.duty.States.All() {
		if s += c.Channel; !c.Failing.IsZero() {
			s += " failing: " + c.Why
		}
		s += "\n"
	}
	return s
}

// A channel that hangs holds up nobody else.
func TestHangingChannelHoldsUpNobody(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}, {Channel: "chat"}}
		w.channel("mail", false).does(hangs)
		w.channel("chat", false)
		w.start()
		w.sees(clearAlert(1), urgent(1))
		w.hears("0s chat new cases/clear/cedar 1", "0s dana new cases/urgent/cedar 1")
		w.phones["mail"].does(nil)
		w.passes(25 * time.Second)
		w.hears("20s mail new cases/clear/cedar 1")
		if ids := w.phones["mail"].ids; len(ids) != 2 || ids[0] != ids[1] {
			t.Errorf("tried as %v: the provider cannot tell that it is the same", ids)
		}
	}, "dana")
}

// A provider that asks to wait is left alone as long, and one that only a person can mend
// is not asked every few seconds.
func TestProvidersAreLeftAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		failure Failure
		again   string
	}{
		"asks for two minutes":   {Failure{Why: "too many", After: 2 * time.Minute}, "2m0s"},
		"a person must mend it":  {Failure{Why: "wrong password", Final: true}, "5m0s"},
		"says nothing":           {Failure{Why: "down"}, "5s"},
		"asks for a whole night": {Failure{Why: "too many", After: 9 * time.Hour}, "1h0m0s"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				w.phones["sms"].does(func(context.Context, Notice) error { return &tt.failure })
				w.start()
				w.sees(urgent(1))
				w.phones["sms"].does(nil)
				w.passes(2 * time.Hour)
				w.mu.Lock()
				defer w.mu.Unlock()
				if len(w.lines) == 0 || w.lines[0] != tt.again+" dana new cases/urgent/cedar 1" {
					t.Errorf("told %v, want it after %s", w.lines, tt.again)
				}
			}, "dana")
		})
	}
}

// The lifeboat needs no store, and tells under the names that the pager would.
func TestLifeboat(t *testing.T) {
	inBubble(t, func(w *world) {
		lost := &eye{name: "bus"}
		boat := w.Pager.Lifeboat(lost)
		w.Pager = boat
		w.told.fills(true)
		w.start()
		lost.sees(Alert{Key: "bus/lost", Severity: Page, What: "lost", Count: 1, Again: time.Hour})
		w.passes(31 * time.Second)
		w.hears("0s dana new bus/lost 1")
		w.passes(50 * time.Minute)
		w.hears()
		lost.sees()
		w.passes(30 * time.Second)
		w.hears("51m0s dana over bus/lost 1")
	}, "dana")
}

// A restart tells nobody twice, and goes on where it was.
func TestRestartRepeatsNothing(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.hears("0s dana new cases/urgent/cedar 1")
		w.stop()
		w.start()
		w.passes(4 * time.Minute)
		w.hears()
		w.stop()
		w.passes(10 * time.Minute)
		w.start()
		w.passes(time.Second)
		w.hears("14m1s dana still cases/urgent/cedar 1", "14m1s lee new cases/urgent/cedar 1")
		w.stop()
		w.check.sees()
		w.start()
		w.passes(time.Second)
		w.hears("14m2s dana over cases/urgent/cedar 1", "14m2s lee over cases/urgent/cedar 1")
	}, "dana", "lee")
}

// Killed after it told and before it noted that, it tells once more: never not at all.
func TestKilledBetweenTellingAndNoting(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		before := w.told.All()
		w.sees(urgent(1))
		w.hears("0s dana new cases/urgent/cedar 1")
		w.stop()
		w.told.all = map[string]Told{} // what was noted is lost
		if len(before) != 0 {
			t.Fatal("something was told before")
		}
		w.start()
		w.passes(time.Second)
		w.hears("1s dana new cases/urgent/cedar 1")
		w.sees()
		w.hears("2s dana over cases/urgent/cedar 1")
		if a, b := w.full[0].Messages[0].Incident, w.full[1].Messages[0].Incident; a != b {
			t.Errorf("two incidents %s and %s: the first would never end", a, b)
		}
	}, "dana")
}

// The team is told of what does not page, grouped, and not in the quiet hours; a page
// breaks through.
func TestQuietHours(t *testing.T) {
	inBubble(t, func(w *world) {
		quiet, err := roster.ParseHours([]string{"00:00-07:00"})
		if err != nil {
			t.Fatal(err)
		}
		w.duty.Base.Quiet, w.duty.Base.Team = quiet, []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		w.sees(clearAlert(1), urgent(1))
		w.hears("0s dana new cases/urgent/cedar 1")
		w.acknowledge("cases/urgent/cedar", "dana")
		w.sees(clearAlert(3))
		w.passes(7*time.Hour - 10*time.Second)
		w.hears("2s dana over cases/urgent/cedar 1")
		w.passes(10 * time.Second)
		w.hears("7h0m0s mail new cases/clear/cedar 3")
	}, "dana")
}

func TestTeamIsToldGroupedAndRarely(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		w.sees(clearAlert(1))
		w.sees(clearAlert(2))
		w.sees(clearAlert(4))
		w.hears("0s mail new cases/clear/cedar 1")
		w.passes(5 * time.Minute)
		w.hears("5m0s mail more cases/clear/cedar 4")
		w.passes(4 * time.Hour)
		w.hears("4h5m0s mail still cases/clear/cedar 4")
		slow := clearAlert(1)
		slow.Key, slow.Severity = "cases/look/cedar", Slow
		other := slow
		other.Key = "cases/look/oak"
		w.sees(slow)
		w.sees(slow, other)
		w.passes(2 * time.Hour)
		w.mu.Lock()
		defer w.mu.Unlock()
		var times []string
		for _, l := range w.lines {
			if strings.Contains(l, "look") && !strings.Contains(l, "over") {
				times = append(times, l[:strings.IndexByte(l, 's')+1])
			}
		}
		if len(times) != 2 || times[1] != "5h5m3s" {
			t.Errorf("what is told once an hour at most was told at %v\n%s", times, strings.Join(w.lines, "\n"))
		}
	})
}

// A storm sends a person no more than the cap, and the last notice has the whole count.
func TestStormStaysUnderTheCap(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		for n := 1; n <= 600; n++ {
			w.sees(urgent(n * 16))
		}
		w.passes(50 * time.Minute)
		w.mu.Lock()
		defer w.mu.Unlock()
		if n := len(w.lines); n > 20 || n < 10 {
			t.Errorf("%d notices in an hour:\n%s", n, strings.Join(w.lines, "\n"))
		}
		if last := w.lines[len(w.lines)-1]; !strings.HasSuffix(last, " 9600") {
			t.Errorf("the last notice says %s", last)
		}
	}, "dana")
}

// A check that cannot look, hangs or panics pages, and what it said before is not over.
func TestBlindCheckIsAnAlert(t *testing.T) {
	for name, blind := range map[string]func(*eye){
		"fails": func(e *eye) { e.err = errors.New("zzcanaryzz") }, "hangs": func(e *eye) { e.hang = true }, "panics": func(e *eye) { e.panics = true },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w *world) {
				w.start()
				w.sees(urgent(1))
				w.hears("0s dana new cases/urgent/cedar 1")
				w.check.mu.Lock()
				w.check.alerts = nil
				blind(w.check)
				w.check.mu.Unlock()
				w.wake <- struct{}{}
				w.passes(11 * time.Second)
				w.mu.Lock()
				said := strings.Join(w.lines, "\n")
				w.lines = nil
				w.mu.Unlock()
				if !strings.HasSuffix(said, "dana new cases/blind 1") || strings.Contains(fmt.Sprint(w.full), "zzcanaryzz") {
					t.Errorf("told %s", said)
				}
			}, "dana")
		})
	}
}

// A check that hangs is waited for once: what another sees is told at once from then on.
func TestHangingCheckDelaysNothing(t *testing.T) {
	inBubble(t, func(w *world) {
		stuck := &eye{name: "disk", hang: true}
		w.Checks = append(w.Checks, stuck)
		w.start()
		w.passes(time.Minute)
		w.hears("5s dana new disk/blind 1")
		w.sees(urgent(1))
		w.hears("1m0s dana new cases/urgent/cedar 1")
	}, "dana")
}

// What has a broader cause is not told beside it, and is told when that is over.
func TestBroadAlertHidesItsConsequences(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		bus := Alert{Key: "bus/trouble", Severity: Page, What: "the bus is in trouble", Count: 1}
		one := Alert{Key: "sources/facebook/cedar", Severity: Tell, What: "not read", Count: 1}
		two := Alert{Key: "sources/facebook/cedar/expiry", Severity: Tell, What: "token ends", Count: 1}
		w.sees(bus, one, two, urgent(1))
		w.hears("0s dana new bus/trouble 1", "0s dana new cases/urgent/cedar 1")
		w.sees(one, two)
		w.hears("1s dana over bus/trouble 1", "1s dana over cases/urgent/cedar 1", "1s mail new sources/facebook/cedar 1")
		w.sees(two)
		w.hears("2s mail over sources/facebook/cedar 1", "2s mail new sources/facebook/cedar/expiry 1")
	}, "dana")
}

// A store that takes nothing keeps nobody from being called, once.
func TestFullStore(t *testing.T) {
	inBubble(t, func(w *world) {
		w.told.fills(true)
		w.start()
		w.sees(urgent(1))
		w.passes(4 * time.Minute)
		w.hears("0s dana new cases/urgent/cedar 1")
		w.told.fills(false)
		w.passes(30 * time.Second)
		if n := len(w.told.All()); n != 1 {
			t.Errorf("%d troubles are stored when there is room again", n)
		}
		w.told.fills(true)
		w.sees()
		w.passes(time.Minute)
		w.hears("4m31s dana over cases/urgent/cedar 1")
		w.told.fills(false)
		w.passes(time.Minute)
		if n := len(w.told.All()); n != 0 {
			t.Errorf("%d troubles are stored", n)
		}
	}, "dana")
}

// A provider that keeps incidents is told of each, of its acknowledgement and its end,
// also of the rounds before.
func TestIncidentsAreAcknowledgedAndEnded(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.People[0].Lines = []roster.Line{{Channel: "pd"}}
		w.channel("pd", true)
		w.start()
		other := urgent(1)
		other.Key = "cases/urgent/oak"
		w.sees(urgent(1), other)
		w.hears("0s pd new cases/urgent/cedar 1", "0s pd new cases/urgent/oak 1")
		w.acknowledge("cases/urgent/cedar", "dana")
		w.hears("1s pd acknowledged cases/urgent/cedar 1")
		w.sees(urgent(2))
		w.hears("2s pd new cases/urgent/cedar 2", "2s pd over cases/urgent/cedar 2", "2s pd over cases/urgent/oak 1") // one is open at a time
		w.sees()
		w.hears("3s pd over cases/urgent/cedar 2")
		incidents := map[string]int{}
		for _, n := range w.full {
			if len(n.Messages) != 1 {
				t.Errorf("%d messages in one notice", len(n.Messages))
			}
			incidents[n.Messages[0].Incident]++
		}
		if len(incidents) != 3 {
			t.Errorf("incidents: %v", incidents)
		}
	}, "dana")
}

// A clock that is set back or forward wakes nobody again and again, and stops nothing.
func TestClockJumps(t *testing.T) {
	inBubble(t, func(w *world) {
		shift := w.clock()
		w.start()
		w.sees(urgent(1))
		w.hears("0s dana new cases/urgent/cedar 1")
		shift(-3 * time.Hour)
		w.passes(20 * time.Minute)
		w.mu.Lock()
		n := len(w.lines)
		w.lines = nil
		w.mu.Unlock()
		if n < 1 || n > 4 {
			t.Errorf("%d notices in 20 minutes after the clock was set back: a page is repeated, and not at every look", n)
		}
		shift(5 * time.Hour)
		w.passes(time.Minute)
		w.mu.Lock()
		n = len(w.lines)
		w.mu.Unlock()
		if n > 2 {
			t.Errorf("%d notices in the minute after the clock went forward", n)
		}
	}, "dana")
}

// The heartbeat ends when something cannot be looked at or nobody can be called.
func TestHeartbeat(t *testing.T) {
	inBubble(t, func(w *world) {
		beats := make(chan bool, 1000)
		w.Beat = func(_ context.Context, well bool) error { beats <- well; return nil }
		well := func() (last bool) {
			for len(beats) > 0 {
				last = <-beats
			}
			return last
		}
		w.start()
		w.passes(time.Second)
		if !well() {
			t.Error("nothing is wrong, and it does not beat")
		}
		w.phones["sms"].does(refuses)
		w.sees(urgent(1))
		w.passes(2 * time.Minute)
		if well() {
			t.Error("nobody can be called, and it beats")
		}
		w.phones["sms"].does(nil)
		w.passes(10 * time.Minute)
		if !well() {
			t.Error("people can be called again, and it does not beat")
		}
		w.check.fails(errors.New("blind"))
		w.passes(time.Minute)
		if well() {
			t.Error("a check is blind, and it beats")
		}
	}, "dana")
}
