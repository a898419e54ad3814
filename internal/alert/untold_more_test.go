package alert

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// An acknowledgement that comes when it is over is none of the next trouble.
func TestLateAcknowledgementIsOfTheOld(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		stuck := Alert{Key: "judging/stuck", Severity: Page, What: "x", Count: 1, Since: time.Now()}
		w.sees(stuck)
		ack := Ack{Key: stuck.Key, Began: w.standing(stuck.Key).Began, Count: 1, By: "dana", At: time.Now(), How: "desk"} // the desk read that it stands
		w.sees()
		_ = w.acks.Put(t.Context(), ack)
		w.passes(time.Minute)
		w.forgets()
		w.sees(stuck)
		w.passes(25 * time.Minute)
		if len(w.heardOf("new")) == 0 {
			t.Error("25 minutes later nobody was told")
		}
	}, "dana")
}

// Nor is one that could not be removed.
func TestKeptAcknowledgementIsOfTheOld(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		stuck := Alert{Key: "judging/stuck", Severity: Page, What: "x", Count: 1, Since: time.Now()}
		w.sees(stuck)
		w.acknowledge(stuck.Key, "dana")
		w.acks.fills(true)
		w.sees()
		w.acks.fills(false)
		w.forgets()
		w.sees(stuck)
		w.passes(25 * time.Minute)
		if len(w.heardOf("new")) == 0 {
			t.Error("25 minutes later nobody was told")
		}
	}, "dana")
}

// Where the steps call nobody at this hour everybody is called.
func TestStepsThatSleepCallEverybody(t *testing.T) {
	inBubble(t, func(w *world) {
		hours, _ := roster.ParseHours([]string{"08:00-18:00"})
		turn, _ := roster.ParseTurn("1w")
		b := &w.duty.Base
		b.Rotations = []roster.Rotation{{Name: "day", People: []string{"dana", "lee"}, Start: time.Now(), Turn: turn, Hours: hours}}
		b.Steps = []roster.Step{{Rotations: []string{"day"}, Wait: 5 * time.Minute}}
		if err := b.Validate(); err != nil {
			t.Skip("refused: ", err)
		}
		w.start() // midnight
		w.sees(urgent(1))
		w.passes(7 * time.Hour)
		if len(w.lines) == 0 {
			t.Error("an urgent case at midnight is told to nobody for 7 h, though two people have phones")
		}
	}, "dana", "lee")
}

// Without a team whoever is on call by day is told, though the first step sleeps then.
func TestFirstStepThatIsAwakeIsTold(t *testing.T) {
	inBubble(t, func(w *world) {
		night, _ := roster.ParseHours([]string{"22:00-07:00"})
		turn, _ := roster.ParseTurn("1w")
		b := &w.duty.Base
		b.Rotations = []roster.Rotation{{Name: "night", People: []string{"dana", "lee"}, Start: time.Now(), Turn: turn, Hours: night}}
		b.Steps = []roster.Step{{Rotations: []string{"night"}, Wait: 5 * time.Minute}, {Everybody: true, Wait: 5 * time.Minute}}
		b.Quiet = night
		if err := b.Validate(); err != nil {
			t.Skip("refused: ", err)
		}
		w.start()
		w.sees(clearAlert(1))
		w.passes(5 * 24 * time.Hour)
		if len(w.lines) == 0 {
			t.Error("a clear disclosure is told to nobody in 5 days")
		}
	}, "dana", "lee")
}

// And on the second line where the first fails.
func TestSecondLineIsToldWithoutATeam(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.People[0].Lines = []roster.Line{{Channel: "push"}, {Channel: "sms", To: "dana"}}
		w.channel("push", false).does(refuses)
		w.start()
		w.sees(clearAlert(1))
		w.passes(5 * 24 * time.Hour)
		if len(w.lines) == 0 {
			t.Error("a clear disclosure is told to nobody in 5 days, and her second line works")
		}
	}, "dana")
}

// However many checks hang.
func TestHangingChecksDelayNothing(t *testing.T) {
	inBubble(t, func(w *world) {
		for i := range 4 {
			w.Checks = append(w.Checks, &eye{name: fmt.Sprintf("h%d", i), hang: true})
		}
		w.start()
		w.passes(time.Minute)
		w.forgets()
		w.sees(urgent(1))
		w.passes(3 * time.Minute)
		if got := w.heardOf("urgent"); len(got) == 0 || !strings.HasPrefix(got[0], "1m0s") {
			t.Errorf("appeared at 1m0s, told %v", got)
		}
	}, "dana")
}

// Once, though the first line failed and works again.
func TestRemindedOnce(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.People[0].Lines = []roster.Line{{Channel: "push"}, {Channel: "sms", To: "dana"}}
		push := w.channel("push", false)
		w.start()
		w.sees(urgent(1))
		w.acknowledge("cases/urgent/cedar", "dana")
		push.does(refuses)
		w.passes(30*time.Minute + time.Second)
		push.does(nil)
		w.passes(9 * time.Minute)
		if got := w.heardOf("forgotten"); len(got) != 1 {
			t.Errorf("reminded %v", got)
		}
	}, "dana")
}

// One incident is open for each trouble, however often it was forgotten.
func TestRoundsDoNotPileUp(t *testing.T) {
	inBubble(t, func(w *world) {
		w.paged()
		w.start()
		dead := Alert{Key: "sources/facebook/cedar", Severity: Page, What: "x", Count: 1, Since: time.Now()}
		w.sees(dead)
		for range 30 {
			w.acknowledge(dead.Key, "dana")
			w.passes(50 * time.Minute)
		}
		lines := len(w.told.All()[0].Lines)
		w.forgets()
		w.sees()
		over := len(w.heardOf("over"))
		at := time.Since(w.began)
		w.sees(alertOf("cases/urgent/z", Page))
		w.passes(2 * time.Hour)
		if got := w.heardOf("urgent/z"); lines > 5 || len(got) == 0 || time.Since(w.began) < at {
			t.Errorf("%d lines in the record, %d notices that it is over; an urgent case at %v is first told %v", lines, over, at, got[0])
		}
	}, "dana")
}

// Who knew of one acknowledges one.
func TestAcknowledgedAsItWasKnown(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.phones["sms"].does(refuses)
		w.sees(urgent(2))
		known := w.standing("cases/urgent/cedar") // by a text that told of one
		known.Alert.Count, known.Alert.Latest = 1, w.began
		if err := w.duty.Acknowledge(t.Context(), known, "dana", "texts"); err != nil {
			t.Fatal(err)
		}
		w.passes(time.Second)
		w.phones["sms"].does(nil)
		w.passes(25 * time.Minute)
		if len(w.heardOf(" 2")) == 0 {
			t.Error("nobody was ever told of the second")
		}
	}, "dana")
}

type slowStore struct{ told }

func (s slowStore) Put(ctx context.Context, t Told) error {
	time.Sleep(5 * time.Second)
	return s.told.Put(ctx, t)
}

// People are called before it is stored.
func TestSlowStoreDelaysNoPage(t *testing.T) {
	inBubble(t, func(w *world) {
		w.Pager.Memory = slowStore{w.told}
		w.start()
		var all []Alert
		for i := range 20 {
			all = append(all, alertOf(fmt.Sprintf("sources/f/acct%02d", i), Tell))
		}
		w.sees(append(all, alertOf("cases/urgent/z", Page))...)
		w.passes(10 * time.Minute)
		if got := w.heardOf("urgent"); len(got) == 0 || !strings.HasPrefix(got[0], "0s") {
			t.Errorf("urgent first told %v", got[:1])
		}
	}, "dana")
}

// What came to a page while the line has died goes to the team.
func TestMoreThatReachesNobody(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		var beats []bool
		w.Beat = func(_ context.Context, well bool) error { beats = append(beats, well); return nil }
		w.start()
		w.sees(urgent(1))
		w.phones["sms"].does(refuses)
		w.sees(urgent(5))
		w.passes(2 * time.Hour)
		if len(w.heardOf(" 5")) == 0 && beats[len(beats)-1] {
			t.Errorf("told %v, and the heartbeat says that all is well", w.lines)
		}
	}, "dana")
}

// A pager that leaves stores nothing again that the next one has ended.
func TestHandoverRemakesNothing(t *testing.T) {
	inBubble(t, func(w *world) {
		hung, first := make(chan struct{}), true
		w.phones["sms"].does(func(context.Context, Notice) error {
			if first {
				first = false
				<-hung
			}
			return nil
		})
		w.start()
		w.sees(urgent(1))
		go w.stop() // its lease is lost; it waits for the notice under way
		w.passes(time.Second)
		w.start() // another takes over
		w.passes(time.Second)
		w.sees()
		close(hung)
		w.passes(time.Second)
		if n := len(w.told.All()); n != 0 {
			t.Errorf("%d troubles stand on the desk though all is over", n)
		}
	}, "dana")
}

// A check that fails every other time is one alert.
func TestBlindNowAndThen(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		for i := range 30 {
			if i%2 == 0 {
				w.check.fails(fmt.Errorf("x"))
			} else {
				w.check.sees()
			}
			w.passes(31 * time.Second)
		}
		if n := len(w.lines); n > 4 {
			t.Errorf("%d notices in 15 min about a check that cannot look every other time", n)
		}
	}, "dana")
}

// A wrong clock brings about no ending token.
func TestEndingTokenIsNotHidden(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.Team = []roster.Line{{Channel: "mail"}}
		w.channel("mail", false)
		w.start()
		w.sees(Alert{Key: "clock/skew", Severity: Tell, What: "skew", Count: 1}, Alert{Key: "sources/facebook/cedar/expiry", Severity: Tell, What: "token ends", Count: 1, Again: 24 * time.Hour})
		w.acknowledge("clock/skew", "dana")
		w.passes(10 * 24 * time.Hour)
		if len(w.heardOf("expiry")) == 0 {
			t.Error("that the token ends was told to nobody in ten days")
		}
	}, "dana")
}

// A test that arrives does not make a channel well for ever.
func TestTestHidesNoFailure(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Channels = w.Pager.Channels
		w.phones["sms"].does(func(_ context.Context, n Notice) error {
			if n.Test {
				return nil
			}
			return &Failure{Why: "it is down"}
		})
		w.start()
		w.sees(urgent(1))
		w.passes(3 * time.Minute)
		_ = w.duty.Test(t.Context(), roster.Line{Channel: "sms", To: "dana"})
		w.passes(6 * time.Hour)
		if !strings.Contains(w.states(), "failing") {
			t.Error("6 h of failures after a test that arrived, and the channel stands as well")
		}
	}, "dana")
}
