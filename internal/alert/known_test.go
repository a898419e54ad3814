package alert

import (
	"context"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// Two urgent ones are acknowledged, one is closed, an older comment is edited and urgent
// now: as many as she knew, and another one.
func TestAsManyAsSheKnewIsNotWhatSheKnew(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		two := urgent(2)
		w.sees(two)
		w.acknowledge(two.Key, "dana")
		one := two
		one.Count = 1
		w.sees(one)
		w.passes(time.Minute)
		w.forgets()
		w.sees(two) // opened before the newest that she knows
		w.passes(25 * time.Minute)
		if len(w.lines) == 0 {
			t.Error("a case that she never saw pages nobody in 25 minutes, on an acknowledgement of others")
		}
	}, "dana", "lee")
}

// What is told once a day however it grows is not told at each find once it is acknowledged.
func TestOncePerDayAlsoWhenAcknowledged(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		for n := range 12 {
			a := urgent(n + 1)
			a.Key, a.Again = "cases/old-replies", 24*time.Hour
			w.sees(a)
			w.passes(time.Minute)
			if w.standing(a.Key).Ack == nil {
				w.acknowledge(a.Key, "dana")
			}
			w.passes(time.Minute)
		}
		if got := w.heardOf("new"); len(got) > 2 {
			t.Errorf("told %d times in 24 minutes: %v", len(got), got)
		}
	}, "dana")
}

// She says that she is on it in the moment in which it is not seen: it is not over.
func TestAcknowledgedWhileItIsCalm(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		a := Alert{Key: "bus/health", Severity: Page, What: "x", Count: 1, Since: time.Now(), Calm: time.Minute}
		w.sees(a)
		known := w.standing(a.Key)
		w.sees()
		err := w.duty.Acknowledge(t.Context(), known, "dana", "desk")
		w.sees(a)
		w.forgets()
		w.passes(20 * time.Minute)
		if got := w.heardOf("bus/health"); len(got) > 0 {
			t.Errorf("she was told %q, and called for the same trouble again: %v", err, got)
		}
	}, "dana", "lee")
}

// What somebody was told last is what her answer is about, in whatever order it is read.
func TestAsHeardIsTheSameEachTime(t *testing.T) {
	s := Standing{Told: Told{Alert: Alert{Key: "k", Count: 2, Latest: time.Unix(200, 0)}, Lines: map[string]Heard{
		"push":  {Person: "dana", Count: 5, Latest: time.Unix(100, 0), First: time.Unix(100, 0), Times: 1},
		"voice": {Person: "dana", Count: 2, Latest: time.Unix(200, 0), First: time.Unix(200, 0), Times: 1},
	}}}
	anew := 0
	for range 200 {
		as, _ := s.AsHeard(func(h Heard) bool { return h.Person == "dana" })
		if grew(s.Alert, as.Alert.Latest, as.Alert.Count) {
			anew++
		}
	}
	if anew > 0 {
		t.Errorf("she was told of all of it, and %d of 200 of her answers count for less: everybody is called anew", anew)
	}
}

// Who was called by telephone hears that it is over, where her other line is dead.
func TestOverByTheLineThatWorks(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Base.People[0].Lines = []roster.Line{{Channel: "sms", To: "dana"}, {Channel: "voice", To: "home"}}
		w.channel("voice", false)
		w.Pager.Channels[1].Rings = true
		w.start()
		w.sees(urgent(1))
		w.phones["sms"].does(refuses)
		w.passes(10*time.Minute + time.Second)
		if len(w.heardOf("home")) == 0 {
			t.Fatal("she was not called at home")
		}
		w.sees()
		w.passes(30 * time.Hour)
		if len(w.heardOf("over")) == 0 {
			t.Error("she was never told that it is over, and one of her lines works")
		}
	}, "dana")
}

// An answer by text is about what she was told, not about what her telephone refused.
func TestRefusedIsNotHeard(t *testing.T) {
	inBubble(t, func(w *world) {
		a, b := alertOf("cases/urgent/a", Page), alertOf("cases/urgent/b", Page)
		w.duty.Base.People[1].Lines = []roster.Line{{Channel: "push"}}
		w.channel("push", false)
		w.start()
		w.sees(a)
		w.phones["sms"].does(func(context.Context, Notice) error { return &Failure{Why: "no credit left", Final: true} })
		w.sees(a, b) // b goes to lee, who sleeps
		for _, s := range w.duty.Calling() {
			if as, called := s.AsHeard(func(h Heard) bool { return h.Person == "dana" }); called { // as the hook does
				if err := w.duty.Acknowledge(w.t.Context(), as, "dana", "texts"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if s := w.standing(b.Key); s.Ack != nil {
			t.Errorf("dana deals with %s, of which no line told her; it calls nobody for 40 minutes: %v", b.Key, w.heardOf("/b"))
		}
	}, "dana", "lee")
}
