package respond_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// unflagged is a verdict that opens no case.
func unflagged(w *world, item string) classify.Verdict {
	return classify.Verdict{Comment: w.Comment(item, "Lovely garden"), Judgement: classify.Judgement{Judged: true, Lang: "en"}, Model: "m-1"}
}

// labelled fails unless the case is labelled so; "" is no label.
func (w *world) labelled(id, want string) {
	w.T.Helper()
	got := ""
	if l := w.Get(id).Label; l != nil {
		got = fmt.Sprint(respond.Codes(*l), " by ", l.By, " ", l.Said)
	}
	if got != want {
		w.T.Fatalf("labelled %q, want %q", got, want)
	}
}

func (w *world) label(id string, l respond.Label) {
	w.T.Helper()
	_, err := w.Label(w.T.Context(), id, l, respond.Entry{By: "priya"})
	w.Must(err)
}

func (w *world) dismiss(id string) {
	w.T.Helper()
	_, err := w.Dismiss(w.T.Context(), respond.Decision{Case: id, By: "marta"})
	w.Must(err)
}

func (w *world) undo(id string) {
	w.T.Helper()
	_, err := w.Undo(w.T.Context(), id, "marta")
	w.Must(err)
}

func TestDecisionsBecomeLabels(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.labelled(id, "")
	w.dismiss(id)
	w.labelled(id, "none by marta false")
	w.undo(id)
	w.labelled(id, "")
	w.Answer(id)
	w.labelled(id, "clear by marta false")
	w.undo(id)
	w.labelled(id, "")
	w.Answer(id)
	w.Wait(time.Minute)
	w.Step()
	w.Stands(id, respond.Sent)
	w.labelled(id, "clear by marta false")

	// What somebody desktest.Said herself is not overtaken by what she decides.
	id = w.Open("c2")
	steps := w.Get(id).Step()
	w.label(id, respond.Label{Level: classify.Possible, Urgent: true, Identifier: true})
	c := w.Get(id)
	last := c.History[len(c.History)-1]
	if c.Step() != steps || !c.Open() || c.Lane != respond.LaneClear || last.Do != respond.Labelled || last.Note != "possible+urgent+identifier" || last.By != "priya" {
		t.Errorf("a label changed the case, or is not in its history: %+v", c)
	}
	w.dismiss(id)
	w.undo(id)
	w.labelled(id, "possible+urgent+identifier by priya true")
	w.label(id, respond.Label{})
	w.labelled(id, "none by priya true")

	// Nothing follows from closing what is settled: only that no more is to be done.
	id = w.Open("c3")
	w.Answer(id)
	w.Wait(time.Minute)
	w.Step()
	edit := desktest.Clear(w.Comment("c3", desktest.Said+" again"))
	edit.Model = "m-2"
	w.Must(w.Take(t.Context(), []classify.Verdict{edit}))
	w.labelled(id, "") // it was about other words
	if w.Get(id).Model != "m-2" {
		t.Errorf("judged by %q", w.Get(id).Model)
	}
	w.dismiss(id)
	w.labelled(id, "")
}

func TestWhatIsNotLabelled(t *testing.T) {
	w := newWorld(t)
	refused := func(id string) {
		t.Helper()
		var cannot *respond.CannotError
		if _, err := w.Label(t.Context(), id, respond.Label{}, respond.Entry{By: "priya"}); !errors.As(err, &cannot) {
			t.Errorf("%s: %v", id, err)
		}
		w.labelled(id, "")
	}
	mode := desktest.Clear(w.Comment("c1", desktest.Said))
	mode.Judgement = classify.Judgement{WhyNot: classify.NotMode}
	w.Must(w.Take(t.Context(), []classify.Verdict{mode}))
	w.dismiss(mode.Comment.ID)
	refused(mode.Comment.ID)
	own := w.Own("o1", "", "Your surgery went well")
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	refused(own.ID)
	erased := w.Open("c2")
	w.label(erased, respond.Label{Level: classify.Clear})
	w.Erasing(erased, respond.WhyRequest)
	refused(erased)
	if _, err := w.Label(t.Context(), "nothing", respond.Label{}, respond.Entry{By: "priya"}); !errors.Is(err, respond.ErrNotFound) {
		t.Errorf("no case: %v", err)
	}
	// A language that nobody judged: dismissing says none, approving nothing.
	for item, decide := range map[string]func(string){"c3": w.dismiss, "c4": w.Answer} {
		look := desktest.Clear(w.Comment(item, desktest.Said))
		look.Judgement = classify.Judgement{WhyNot: classify.NotLanguage}
		w.Must(w.Take(t.Context(), []classify.Verdict{look}))
		decide(look.Comment.ID)
		want := map[string]string{"c3": "none by marta false"}[item]
		w.labelled(look.Comment.ID, want)
	}
}

func TestBatchesAreCounted(t *testing.T) {
	w := newWorld(t)
	var got []respond.Tally
	w.Tally = func(_ context.Context, t respond.Tally) error { got = append(got, t); return nil }
	one := []classify.Verdict{unflagged(w, "c1")}
	w.Must(w.Take(t.Context(), one))
	if len(got) != 0 {
		t.Fatal("counted though sampling is off")
	}
	w.Live.Sample = 5
	edited, own, look := unflagged(w, "c1"), classify.Verdict{Comment: w.Own("o1", "", desktest.Safe)}, unflagged(w, "c2")
	look.Judged, look.WhyNot = false, classify.NotLanguage
	batch := []classify.Verdict{one[0], edited, own, look, desktest.Clear(w.Comment("c3", desktest.Said)), unflagged(w, "c4")}
	w.Must(w.Take(t.Context(), batch))
	w.Must(w.Take(t.Context(), []classify.Verdict{own, edited})) // nothing that counts
	if len(got) != 1 || got[0].Flagged != 1 || len(got[0].Unflagged) != 2 || got[0].Most != 5 || !got[0].At.Equal(w.Clock) {
		t.Fatalf("counted %+v", got)
	}
	if again := newWorld(t).Names.Version("lot " + one[0].Comment.ID); got[0].Unflagged[0] != (respond.Lot{one[0].Comment.ID, again}) {
		t.Errorf("the lot %+v is not the same elsewhere", got[0].Unflagged[0])
	}
	w.Tally = func(context.Context, respond.Tally) error { return desktest.ErrRefused }
	if err := w.Take(t.Context(), batch); !errors.Is(err, desktest.ErrRefused) {
		t.Errorf("not counted: %v", err)
	}
}

func TestSampleIsLookedAt(t *testing.T) {
	w := newWorld(t)
	w.Live.Sample = 4
	picked := []classify.Verdict{unflagged(w, "c1"), unflagged(w, "c2"), desktest.Clear(w.Comment("c3", desktest.Said)), unflagged(w, "c4"), unflagged(w, "c5")}
	for range 2 { // a draw that was cut short is repeated
		w.Must(w.OpenSample(t.Context(), "2026-08-24", picked))
	}
	if w.Stored.Count() != 3 {
		t.Fatalf("%d cases, want 3: what is flagged and what is too much is left out", w.Stored.Count())
	}
	id := func(i int) string { return picked[i].Comment.ID }
	c := w.Get(id(0))
	if c.Lane != respond.LaneSample || c.Sampled != "2026-08-24" || c.Suggestion != nil || !c.Open() || c.Model != "m-1" || respond.Plans[c.Lane].Loudness != respond.Silent {
		t.Fatalf("opened as %+v", c)
	}
	w.label(id(0), respond.Label{})
	w.Stands(id(0), respond.Dismissed, respond.Labelled, "dismissed")
	w.undo(id(0))
	w.Stands(id(0), respond.Waiting)

	_, err := w.Label(t.Context(), id(1), respond.Label{Level: classify.Clear}, respond.Entry{By: "priya", OS: "root", From: "command"})
	w.Must(err)
	c = w.Get(id(1))
	if c.Lane != respond.LaneClear || !c.Open() || c.Suggestion == nil || c.Sampled == "" || c.Judgement.Level != classify.None {
		t.Errorf("a miss became %+v", c)
	}
	if i := slices.IndexFunc(c.History, func(e respond.Entry) bool { return e.Do == "moved" }); i < 0 || c.History[i].From != "command" || c.History[i].OS != "root" {
		t.Errorf("history %+v", c.History)
	}
	w.Answer(id(1))
	w.labelled(id(1), "clear by priya true")

	edit := unflagged(w, "c1") // open, and edited to something as harmless
	w.Must(w.Take(t.Context(), []classify.Verdict{edit}))
	w.Stands(id(0), respond.Waiting, "edited")
	w.labelled(id(0), "")
	w.dismiss(id(0))
	w.labelled(id(0), "none by marta false")
	w.Erasing(id(3), respond.WhyRetention) // nobody looked
	w.Stands(id(3), respond.Withdrawn, "erased")
	w.labelled(id(3), "")
}
