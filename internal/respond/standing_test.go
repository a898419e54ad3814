package respond

import (
	"strings"
	"testing"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// why is what is said of the case's reply.
func (w *world) why(id string) string {
	w.t.Helper()
	return w.get(id).Actions[0].Why
}

func TestRepliesThatThePlatformReviews(t *testing.T) {
	w := newWorld(t)
	w.plat.answer = func(ingest.Action) ingest.Outcome {
		return ingest.Outcome{Result: ingest.Done, Item: "r1", Standing: ingest.Pending}
	}
	id := w.open("1")
	w.approve(id)
	w.wait(w.rules.Window)
	w.step()
	w.stands(id, Sent)
	if !strings.Contains(w.why(id), "reviews it") {
		t.Errorf("told %q", w.why(id))
	}
	// The review refuses it: a person writes another one, which goes out.
	own := w.own("r1", "1", safe)
	own.Standing = ingest.Rejected
	v := classify.Verdict{Comment: own, Judgement: classify.Judgement{WhyNot: classify.NotOwn}}
	for range 2 { // told twice
		w.must(w.Take(t.Context(), []classify.Verdict{v}))
		w.stands(id, Failed, "failed")
	}
	if !strings.Contains(w.why(id), "nobody sees it") {
		t.Errorf("told %q", w.why(id))
	}
	w.plat.seen["1"].Own = []ingest.OwnReply{{Item: "r1", Text: safe, Standing: ingest.Rejected}}
	w.plat.answer = func(ingest.Action) ingest.Outcome { return ingest.Outcome{Result: ingest.Done, Item: "r1"} }
	w.approve(id)
	w.wait(w.rules.Window)
	w.step()
	w.stands(id, Sent)
	if n := len(w.plat.acts); n != 2 {
		t.Errorf("%d writes", n)
	}
}

func TestAReplyThatIsRefusedAtOnceHasFailed(t *testing.T) {
	w := newWorld(t)
	w.plat.answer = func(ingest.Action) ingest.Outcome {
		return ingest.Outcome{Result: ingest.Done, Item: "r1", Standing: ingest.Rejected}
	}
	id := w.open("1")
	w.approve(id)
	w.wait(w.rules.Window)
	w.step()
	w.stands(id, Failed)
}

// A reply of ours that nobody sees is not taken down, whatever it says.
func TestARefusedReplyIsNoTakeDown(t *testing.T) {
	w := newWorld(t)
	own := w.own("r1", "", "We hope your surgery went well, Anna!")
	own.Standing = ingest.Rejected
	w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own, Judgement: classify.Judgement{WhyNot: classify.NotOwn}}}))
	if n := w.cases.count(); n != 0 {
		t.Errorf("%d cases", n)
	}
	own.Standing, own.Edit = ingest.Shown, 1
	w.newest[own.ID] = 1
	w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own, Judgement: classify.Judgement{WhyNot: classify.NotOwn}}}))
	if c := w.get(own.ID); c.Lane != LaneTakeDown {
		t.Errorf("lane %s", c.Lane)
	}
}

func TestWhatMayNotBeAnsweredFromHereIsLeftToAPerson(t *testing.T) {
	w := newWorld(t)
	c := w.comment("1", said)
	c.NoReply = true
	w.must(w.Take(t.Context(), []classify.Verdict{clear(c)}))
	w.approve(c.ID)
	w.stands(c.ID, Manual)
	if !strings.Contains(w.why(c.ID), "copy the text") {
		t.Errorf("told %q", w.why(c.ID))
	}
	w.wait(w.rules.Window)
	w.step()
	if n := len(w.plat.acts); n != 0 {
		t.Errorf("%d writes", n)
	}
}
