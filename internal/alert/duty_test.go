package alert

import (
	"context"
	"errors"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// Standing is what is wrong, the loudest and oldest first, with who deals with it.
func TestStanding(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		late := clearAlert(1)
		late.Key = "cases/clear/oak"
		w.sees(clearAlert(1))
		w.sees(clearAlert(1), late, urgent(1))
		var keys []string
		for _, s := range w.duty.Standing() {
			keys = append(keys, s.Alert.Key)
		}
		if len(keys) != 3 || keys[0] != "cases/urgent/cedar" || keys[1] != "cases/clear/cedar" {
			t.Errorf("standing: %v", keys)
		}
		if n := len(w.duty.Calling()); n != 1 {
			t.Errorf("%d call, want 1", n)
		}
		if err := w.duty.Acknowledge(t.Context(), w.standing("cases/urgent/cedar"), "dana", "reply"); err != nil {
			t.Fatal(err)
		}
		if s := w.duty.Standing()[0]; s.Ack == nil || s.Ack.By != "dana" || s.Ack.How != "reply" || len(w.duty.Calling()) != 0 {
			t.Errorf("after the acknowledgement: %+v", s.Ack)
		}
		earlier := w.standing("cases/urgent/cedar")
		earlier.Began = earlier.Began.Add(-time.Hour)
		for _, gone := range []Standing{w.standing("cases/none"), earlier} {
			if err := w.duty.Acknowledge(t.Context(), gone, "dana", "desk"); !errors.Is(err, ErrOver) {
				t.Errorf("what is not there is acknowledged: %v", err)
			}
		}
	}, "dana")
}

// An acknowledgement of what somebody saw is none of what came a moment before she said so.
func TestAcknowledgedWhatWasSeen(t *testing.T) {
	inBubble(t, func(w *world) {
		w.start()
		w.sees(urgent(1))
		w.check.sees(urgent(2)) // the pager has not looked yet
		time.Sleep(time.Millisecond)
		w.acknowledge("cases/urgent/cedar", "dana")
		w.hears("0s dana new cases/urgent/cedar 1", "1s dana new cases/urgent/cedar 2")
		if len(w.duty.Calling()) != 1 {
			t.Error("what came before the acknowledgement and was not seen counts as acknowledged")
		}
	}, "dana")
}

// A test goes to one line, says that nothing is wrong, and why it did not arrive.
func TestTestOfALine(t *testing.T) {
	inBubble(t, func(w *world) {
		w.duty.Channels, w.duty.Desk, w.duty.From = w.Channels, "https://desk/on-call", "Cedar"
		if err := w.duty.Test(t.Context(), roster.Line{Channel: "sms", To: "dana"}); err != nil {
			t.Fatal(err)
		}
		if n := w.full[0]; !n.Test || n.To != "dana" || len(n.Messages) != 0 || n.From != "Cedar" || n.ID == "" {
			t.Errorf("sent %+v", n)
		}
		w.phones["sms"].does(func(context.Context, Notice) error { return &Failure{Why: "no credit left"} })
		for line, want := range map[roster.Line]string{{Channel: "sms"}: "no credit left", {Channel: "none"}: errUnknown.Why} {
			if err := w.duty.Test(t.Context(), line); err == nil || WhyOf(err) != want {
				t.Errorf("%v: %v, want %q", line, err, want)
			}
		}
	})
}

// The plan of now has the overrides of now.
func TestPlanHasOverrides(t *testing.T) {
	inBubble(t, func(w *world) {
		o := roster.Override{ID: "o", Person: "lee", From: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour), At: time.Now()}
		if err := w.duty.Overrides.Put(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		w.duty.Base.Rotations = []roster.Rotation{{Name: "primary", People: []string{"dana"}, Start: time.Now().Add(-time.Hour), Turn: roster.Turn{Days: 1}}}
		w.duty.Base.Steps = nil
		w.start()
		w.sees(urgent(1))
		w.hears("0s lee new cases/urgent/cedar 1")
	}, "dana", "lee")
}
