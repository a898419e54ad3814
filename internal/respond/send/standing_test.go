package send

import (
	"strings"
	"testing"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// why is what is desktest.Said of the case's reply.
func (w *world) why(id string) string {
	w.T.Helper()
	return w.Get(id).Actions[0].Why
}

func TestRepliesThatThePlatformReviews(t *testing.T) {
	w := newWorld(t)
	w.Plat.Answer = func(ingest.Action) ingest.Outcome {
		return ingest.Outcome{Result: ingest.Done, Item: "r1", Standing: ingest.Pending}
	}
	id := w.Open("1")
	w.Answer(id)
	w.Wait(w.Live.Window)
	w.Step()
	w.Stands(id, respond.Sent)
	if !strings.Contains(w.why(id), "reviews it") {
		t.Errorf("told %q", w.why(id))
	}
	// The review refuses it: a person writes another one, which goes out.
	own := w.Own("r1", "1", desktest.Safe)
	own.Standing = ingest.Rejected
	v := classify.Verdict{Comment: own, Judgement: classify.Judgement{WhyNot: classify.NotOwn}}
	for range 2 { // told twice
		w.Must(w.Take(t.Context(), []classify.Verdict{v}))
		w.Stands(id, respond.Failed, "failed")
	}
	if !strings.Contains(w.why(id), "nobody sees it") {
		t.Errorf("told %q", w.why(id))
	}
	w.Plat.Seen["1"].Own = []ingest.OwnReply{{Item: "r1", Text: desktest.Safe, Standing: ingest.Rejected}}
	w.Plat.Answer = func(ingest.Action) ingest.Outcome { return ingest.Outcome{Result: ingest.Done, Item: "r1"} }
	w.Answer(id)
	w.Wait(w.Live.Window)
	w.Step()
	w.Stands(id, respond.Sent)
	if n := len(w.Plat.Acts); n != 2 {
		t.Errorf("%d writes", n)
	}
}

func TestAReplyThatIsRefusedAtOnceHasFailed(t *testing.T) {
	w := newWorld(t)
	w.Plat.Answer = func(ingest.Action) ingest.Outcome {
		return ingest.Outcome{Result: ingest.Done, Item: "r1", Standing: ingest.Rejected}
	}
	id := w.Open("1")
	w.Answer(id)
	w.Wait(w.Live.Window)
	w.Step()
	w.Stands(id, respond.Failed)
}

// A reply of ours that nobody sees is not taken down, whatever it says.
func TestARefusedReplyIsNoTakeDown(t *testing.T) {
	w := newWorld(t)
	own := w.Own("r1", "", "We hope your surgery went well, Anna!")
	own.Standing = ingest.Rejected
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own, Judgement: classify.Judgement{WhyNot: classify.NotOwn}}}))
	if n := w.Stored.Count(); n != 0 {
		t.Errorf("%d cases", n)
	}
	own.Standing, own.Edit = ingest.Shown, 1
	w.Newer[own.ID] = 1
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own, Judgement: classify.Judgement{WhyNot: classify.NotOwn}}}))
	if c := w.Get(own.ID); c.Lane != respond.LaneTakeDown {
		t.Errorf("lane %s", c.Lane)
	}
}

func TestWhatMayNotBeAnsweredFromHereIsLeftToAPerson(t *testing.T) {
	w := newWorld(t)
	c := w.Comment("1", desktest.Said)
	c.NoReply = true
	w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(c)}))
	w.Answer(c.ID)
	w.Stands(c.ID, respond.Manual)
	if !strings.Contains(w.why(c.ID), "copy the text") {
		t.Errorf("told %q", w.why(c.ID))
	}
	w.Wait(w.Live.Window)
	w.Step()
	if n := len(w.Plat.Acts); n != 0 {
		t.Errorf("%d writes", n)
	}
}
