package respond_test

import (
	"errors"
	"testing"
	"time"

	"triage/internal/respond"
)

func TestOutcome(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.Open("c1")
	var cannot *respond.CannotError
	if _, err := w.Outcome(ctx, id, respond.Reached, "marta"); !errors.As(err, &cannot) {
		t.Fatalf("before anything went out: %v", err)
	}
	w.Answer(id)
	if _, err := w.Outcome(ctx, id, respond.Reached, "marta"); !errors.As(err, &cannot) {
		t.Fatalf("before it went out: %v", err)
	}
	w.Wait(time.Minute)
	w.Step()
	before := w.Get(id)
	if _, err := w.Outcome(ctx, id, "cured", "marta"); !errors.As(err, &cannot) {
		t.Fatalf("a free word: %v", err)
	}
	w.Wait(time.Hour)
	for _, code := range []string{respond.NoAnswer, respond.Booked} {
		_, err := w.Outcome(ctx, id, code, "marta")
		w.Must(err)
	}
	c := w.Get(id)
	if o := c.Outcome; o == nil || o.Code != respond.Booked || o.By != "marta" || !o.At.Equal(w.Clock) {
		t.Fatalf("%+v", c.Outcome)
	}
	if c.Step() != before.Step() || !c.LastStep().Equal(before.LastStep()) {
		t.Error("it counts as a step: whoever decides is held up, and retention begins anew")
	}
	w.Stands(id, respond.Sent, "outcome no-answer", "outcome booked")
	w.Erasing(id, respond.WhyAuthor)
	if o := w.Get(id).Outcome; o == nil || o.Code != respond.Booked {
		t.Errorf("after the erasure: %+v", o)
	}
	_, err := w.Outcome(ctx, id, respond.Declined, "otto")
	w.Must(err)
}

// What a person answered by hand has an outcome too; what was dismissed has none.
func TestOutcomeByHand(t *testing.T) {
	w := newWorld(t)
	c := w.Comment("c1", "Since the hysterectomy I still bleed")
	c.NoReply = true
	v := clearOf(c)
	w.Must(w.Take(t.Context(), v))
	w.Answer(c.ID)
	w.Stands(c.ID, respond.Manual)
	_, err := w.Handle(t.Context(), respond.Decision{Case: c.ID, By: "marta"})
	w.Must(err)
	_, err = w.Outcome(t.Context(), c.ID, respond.Reached, "marta")
	w.Must(err)

	other := w.Open("c2")
	_, err = w.Dismiss(t.Context(), respond.Decision{Case: other, By: "marta"})
	w.Must(err)
	if w.Get(other).CanOutcome() {
		t.Error("a dismissed case has an outcome")
	}
}
