package respond

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"triage/internal/classify"
)

// unflagged is a verdict that opens no case.
func unflagged(w *world, item string) classify.Verdict {
	return classify.Verdict{Comment: w.comment(item, "Lovely garden"), Judgement: classify.Judgement{Judged: true, Lang: "en"}, Model: "m-1"}
}

// labelled fails unless the case is labelled so; "" is no label.
func (w *world) labelled(id, want string) {
	w.t.Helper()
	got := ""
	if l := w.get(id).Label; l != nil {
		got = fmt.Sprint(l.codes(), " by ", l.By, " ", l.Said)
	}
	if got != want {
		w.t.Fatalf("labelled %q, want %q", got, want)
	}
}

func (w *world) label(id string, l Label) {
	w.t.Helper()
	_, err := w.Label(w.t.Context(), id, l, Entry{By: "priya"})
	w.must(err)
}

func (w *world) dismiss(id string) {
	w.t.Helper()
	_, err := w.Dismiss(w.t.Context(), Decision{Case: id, By: "marta"})
	w.must(err)
}

func (w *world) undo(id string) {
	w.t.Helper()
	_, err := w.Undo(w.t.Context(), id, "marta")
	w.must(err)
}

func TestDecisionsBecomeLabels(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	w.labelled(id, "")
	w.dismiss(id)
	w.labelled(id, "none by marta false")
	w.undo(id)
	w.labelled(id, "")
	w.approve(id)
	w.labelled(id, "clear by marta false")
	w.undo(id)
	w.labelled(id, "")
	w.approve(id)
	w.wait(time.Minute)
	w.step()
	w.stands(id, Sent)
	w.labelled(id, "clear by marta false")

	// What somebody said herself is not overtaken by what she decides.
	id = w.open("c2")
	steps := w.get(id).Step()
	w.label(id, Label{Level: classify.Possible, Urgent: true, Identifier: true})
	c := w.get(id)
	last := c.History[len(c.History)-1]
	if c.Step() != steps || !c.Open() || c.Lane != LaneClear || last.Do != Labelled || last.Note != "possible+urgent+identifier" || last.By != "priya" {
		t.Errorf("a label changed the case, or is not in its history: %+v", c)
	}
	w.dismiss(id)
	w.undo(id)
	w.labelled(id, "possible+urgent+identifier by priya true")
	w.label(id, Label{})
	w.labelled(id, "none by priya true")

	// Nothing follows from closing what is settled: only that no more is to be done.
	id = w.open("c3")
	w.approve(id)
	w.wait(time.Minute)
	w.step()
	edit := clear(w.comment("c3", said+" again"))
	edit.Model = "m-2"
	w.must(w.Take(t.Context(), []classify.Verdict{edit}))
	w.labelled(id, "") // it was about other words
	if w.get(id).Model != "m-2" {
		t.Errorf("judged by %q", w.get(id).Model)
	}
	w.dismiss(id)
	w.labelled(id, "")
}

func TestWhatIsNotLabelled(t *testing.T) {
	w := newWorld(t)
	refused := func(id string) {
		t.Helper()
		var cannot *CannotError
		if _, err := w.Label(t.Context(), id, Label{}, Entry{By: "priya"}); !errors.As(err, &cannot) {
			t.Errorf("%s: %v", id, err)
		}
		w.labelled(id, "")
	}
	mode := clear(w.comment("c1", said))
	mode.Judgement = classify.Judgement{WhyNot: classify.NotMode}
	w.must(w.Take(t.Context(), []classify.Verdict{mode}))
	w.dismiss(mode.Comment.ID)
	refused(mode.Comment.ID)
	own := w.own("o1", "", "Your surgery went well")
	w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	refused(own.ID)
	erased := w.open("c2")
	w.label(erased, Label{Level: classify.Clear})
	w.erase(erased, WhyRequest)
	refused(erased)
	if _, err := w.Label(t.Context(), "nothing", Label{}, Entry{By: "priya"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("no case: %v", err)
	}
	// A language that nobody judged: dismissing says none, approving nothing.
	for item, decide := range map[string]func(string){"c3": w.dismiss, "c4": w.approve} {
		look := clear(w.comment(item, said))
		look.Judgement = classify.Judgement{WhyNot: classify.NotLanguage}
		w.must(w.Take(t.Context(), []classify.Verdict{look}))
		decide(look.Comment.ID)
		want := map[string]string{"c3": "none by marta false"}[item]
		w.labelled(look.Comment.ID, want)
	}
}

func TestBatchesAreCounted(t *testing.T) {
	w := newWorld(t)
	var got []Tally
	w.Tally = func(_ context.Context, t Tally) error { got = append(got, t); return nil }
	one := []classify.Verdict{unflagged(w, "c1")}
	w.must(w.Take(t.Context(), one))
	if len(got) != 0 {
		t.Fatal("counted though sampling is off")
	}
	w.rules.Sample = 5
	edited, own, look := unflagged(w, "c1"), classify.Verdict{Comment: w.own("o1", "", safe)}, unflagged(w, "c2")
	look.Judged, look.WhyNot = false, classify.NotLanguage
	batch := []classify.Verdict{one[0], edited, own, look, clear(w.comment("c3", said)), unflagged(w, "c4")}
	w.must(w.Take(t.Context(), batch))
	w.must(w.Take(t.Context(), []classify.Verdict{own, edited})) // nothing that counts
	if len(got) != 1 || got[0].Flagged != 1 || len(got[0].Unflagged) != 2 || got[0].Most != 5 || !got[0].At.Equal(w.clock) {
		t.Fatalf("counted %+v", got)
	}
	if again := newWorld(t).Names.Version("lot " + one[0].Comment.ID); got[0].Unflagged[0] != (Lot{one[0].Comment.ID, again}) {
		t.Errorf("the lot %+v is not the same elsewhere", got[0].Unflagged[0])
	}
	w.Tally = func(context.Context, Tally) error { return errRefused }
	if err := w.Take(t.Context(), batch); !errors.Is(err, errRefused) {
		t.Errorf("not counted: %v", err)
	}
}

func TestSampleIsLookedAt(t *testing.T) {
	w := newWorld(t)
	w.rules.Sample = 4
	picked := []classify.Verdict{unflagged(w, "c1"), unflagged(w, "c2"), clear(w.comment("c3", said)), unflagged(w, "c4"), unflagged(w, "c5")}
	for range 2 { // a draw that was cut short is repeated
		w.must(w.OpenSample(t.Context(), "2026-08-24", picked))
	}
	if w.cases.count() != 3 {
		t.Fatalf("%d cases, want 3: what is flagged and what is too much is left out", w.cases.count())
	}
	id := func(i int) string { return picked[i].Comment.ID }
	c := w.get(id(0))
	if c.Lane != LaneSample || c.Sampled != "2026-08-24" || c.Suggestion != nil || !c.Open() || c.Model != "m-1" || Plans[c.Lane].Loudness != Silent {
		t.Fatalf("opened as %+v", c)
	}
	w.label(id(0), Label{})
	w.stands(id(0), Dismissed, Labelled, "dismissed")
	w.undo(id(0))
	w.stands(id(0), Waiting)

	_, err := w.Label(t.Context(), id(1), Label{Level: classify.Clear}, Entry{By: "priya", OS: "root", From: "command"})
	w.must(err)
	c = w.get(id(1))
	if c.Lane != LaneClear || !c.Open() || c.Suggestion == nil || c.Sampled == "" || c.Judgement.Level != classify.None {
		t.Errorf("a miss became %+v", c)
	}
	if i := slices.IndexFunc(c.History, func(e Entry) bool { return e.Do == "moved" }); i < 0 || c.History[i].From != "command" || c.History[i].OS != "root" {
		t.Errorf("history %+v", c.History)
	}
	w.approve(id(1))
	w.labelled(id(1), "clear by priya true")

	edit := unflagged(w, "c1") // open, and edited to something as harmless
	w.must(w.Take(t.Context(), []classify.Verdict{edit}))
	w.stands(id(0), Waiting, "edited")
	w.labelled(id(0), "")
	w.dismiss(id(0))
	w.labelled(id(0), "none by marta false")
	w.erase(id(3), WhyRetention) // nobody looked
	w.stands(id(3), Withdrawn, "erased")
	w.labelled(id(3), "")
}
