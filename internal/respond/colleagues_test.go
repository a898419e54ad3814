package respond_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// cannot fails unless err says in a sentence what is asked for.
func (w *world) cannot(err error, says string) {
	w.T.Helper()
	var cannot *respond.CannotError
	if !errors.As(err, &cannot) || !strings.Contains(cannot.Why, says) {
		w.T.Fatalf("%v, want a sentence with %q", err, says)
	}
}

func urgent(c ingest.Comment) []classify.Verdict {
	v := desktest.Clear(c)
	v.Urgent = true
	return []classify.Verdict{v}
}

func TestAssign(t *testing.T) {
	w := newWorld(t)
	comment := w.Comment("c1", desktest.Said)
	w.Must(w.Take(t.Context(), urgent(comment)))
	id, step := comment.ID, w.Get(comment.ID).Step()
	for _, to := range []string{"priya", "priya", "marta", ""} {
		c, err := w.Assign(t.Context(), id, to, "dana")
		w.Must(err)
		if c.Assignee != to || w.Get(id).Assignee != to || w.Get(id).Light().Assignee != to {
			t.Errorf("it is %q's, not %q's", c.Assignee, to)
		}
	}
	c := w.Get(id)
	if got := fmt.Sprint(c.History[1:]); strings.Count(got, respond.Assigned) != 3 || !strings.Contains(got, "dana assigned priya") {
		t.Errorf("the history has %s", got)
	}
	w.Decide(respond.Decision{Case: id, Step: step, By: "otto", Reply: desktest.Safe}) // whoever's it is
	_, err := w.Assign(t.Context(), "nowhere", "priya", "dana")
	if !errors.Is(err, respond.ErrNotFound) {
		t.Error(err)
	}
}

func TestNotes(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	step, retained := w.Get(id).Step(), w.Get(id).LastStep()
	w.Wait(time.Hour)
	for _, text := range []string{"Called her, no answer. I try again tomorrow.", "  Left a message at 14:00, Priya calls back.\n", "La llamé, no contesta."} {
		_, err := w.AddNote(t.Context(), id, text, "marta")
		w.Must(err)
	}
	c := w.Get(id)
	if c.Step() != step || !c.LastStep().Equal(retained) {
		t.Error("a note is a step: it would hold up who decides, and keep the words longer")
	}
	if strings.Contains(fmt.Sprint(c), "tomorrow") || c.History[1].Do != respond.NoteLeft || c.History[1].Note != "" {
		t.Errorf("the case holds what was written: %+v", c)
	}
	notes, err := w.Notes(t.Context(), c)
	w.Must(err)
	if len(notes) != 3 || notes[1].Words != "Left a message at 14:00, Priya calls back." || notes[0].By != "marta" || !notes[0].At.Equal(w.Clock) {
		t.Errorf("%+v", notes)
	}
	w.Erasing(id, respond.WhyRequest)
	if c := w.Get(id); len(c.Notes) > 0 {
		t.Error("it still refers to notes after it was erased")
	}
	if notes, err = w.Notes(t.Context(), c); err != nil || notes[0].Words != "" {
		t.Errorf("the erased words: %+v, %v", notes, err)
	}
	_, err = w.AddNote(t.Context(), id, "late", "marta")
	w.cannot(err, "were erased")
}

func TestNotesAreGated(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	for text, rule := range map[string]string{
		"asked about her hysterectomy, call her": "repeats", "has diabetes, see chart": "health", "Number in the file: 503 555 0199": "identifier",
		"sees the \u200bdoctor": "hidden", strings.Repeat("a ", 501): "length",
	} {
		_, err := w.AddNote(t.Context(), id, text, "marta")
		var refused *respond.RefusedError
		if !errors.As(err, &refused) || refused.Kind != respond.KindNote || !slices.ContainsFunc(refused.Problems, func(p respond.Problem) bool { return p.Rule == rule }) {
			t.Errorf("%.30q is not refused by %s: %v", text, rule, err)
		}
	}
	if len(w.Get(id).Notes) > 0 {
		t.Fatal("a refused note was kept")
	}
	_, err := w.AddNote(t.Context(), id, " \n", "marta")
	w.cannot(err, "empty")
	for i := range respond.NotesMost {
		_, err = w.AddNote(t.Context(), id, strings.Repeat("ok ", i+1), "marta")
		w.Must(err)
	}
	_, err = w.AddNote(t.Context(), id, "one more", "marta")
	w.cannot(err, "no more fit")
}

// A take-down case of a reply that was changed and is still not right is the same case.
func TestNotesOutliveACorrection(t *testing.T) {
	w := newWorld(t)
	own := w.Own("r1", "", unsafe)
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	_, err := w.AddNote(t.Context(), own.ID, "Wrote to the platform.", "marta")
	w.Must(err)
	_, err = w.Assign(t.Context(), own.ID, "otto", "marta")
	w.Must(err)
	again := w.Own("r1", "", unsafe+" Really.")
	again.Edit = 1
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: again}}))
	if c := w.Get(own.ID); len(c.Notes) != 1 || c.Assignee != "otto" || c.Comment.Edit != 1 {
		t.Errorf("%+v", c)
	}
}

// of lists what became of several, by the first words of it.
func of(all []respond.Result) (out []string) {
	for _, r := range all {
		said := "done"
		if r.Err != nil {
			said = strings.Join(strings.Fields(r.Err.Error())[:3], " ")
		}
		out = append(out, said)
	}
	return out
}

func TestDismissSeveral(t *testing.T) {
	w := newWorld(t)
	pressing, own := w.Comment("urgent", desktest.Said), w.Own("r1", "", unsafe)
	sample := unflagged(w, "sample")
	w.Must(w.Take(t.Context(), urgent(pressing)))
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	w.Live.Sample = 9
	w.Must(w.OpenSample(t.Context(), "2026-36", []classify.Verdict{sample}))
	plain, faster, tried, other := w.Open("plain"), w.Open("faster"), w.Open("tried"), w.Open("other")
	seen := w.Get(faster).Step()
	w.Answer(faster)
	w.Answer(tried)
	w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Refused, Why: "no"})
	w.Wait(time.Minute)
	w.Sender.Step(t.Context())
	var all []respond.Decision
	for _, id := range []string{plain, pressing.ID, own.ID, sample.Comment.ID, tried, "nowhere", other} {
		all = append(all, respond.Decision{Case: id, By: "marta", Override: "consent", Note: note})
	}
	all = append(all, respond.Decision{Case: faster, Step: seen, By: "marta"})
	got := of(w.DismissAll(t.Context(), all))
	want := []string{"done", "Somebody may need", "These are our", "It is of", "Something was done", "no such case", "done", "the case was"}
	if !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	w.labelled(plain, "none by marta false")
	w.Stands(plain, respond.Dismissed, "dismissed")
	w.Stands(pressing.ID, respond.Waiting)

	if got := of(w.UndoAll(t.Context(), []string{plain}, "priya")); got[0] != "the case was" {
		t.Errorf("somebody else's decision is undone with others: %q", got)
	}
	_, err := w.Undo(t.Context(), other, "priya") // one alone, and another decision in its place
	w.Must(err)
	w.Decide(respond.Decision{Case: other, By: "priya", Reply: desktest.Safe})
	if got := of(w.UndoAll(t.Context(), []string{plain, other, tried, "nowhere"}, "marta")); !slices.Equal(got, []string{"done", "the case was", "the case was", "no such case"}) {
		t.Fatalf("undone: %q", got)
	}
	w.Stands(plain, respond.Waiting, "undone")
	w.Live.FourEyes = true
	w.Decide(lets(plain))
	if got := of(w.DismissAll(t.Context(), []respond.Decision{{Case: plain, By: "marta"}})); got[0] != "A colleague proposed" {
		t.Errorf("over a proposal: %q", got)
	}
	w.Must(w.Take(t.Context(), clearOf(w.Comment("plain", desktest.Said+" again"))))
	if got := of(w.DismissAll(t.Context(), []respond.Decision{{Case: plain, By: "marta"}})); got[0] != "done" {
		t.Errorf("though the proposal is stale: %q", got)
	}
	w.Must(w.UndoAll(t.Context(), []string{plain}, "marta")[0].Err)
	w.labelled(plain, "")
	w.Stands(other, respond.Approved)
	if got := of(w.UndoAll(t.Context(), []string{plain}, "marta")); got[0] != "the case was" {
		t.Errorf("undone twice: %q", got)
	}
}

func TestNotTooManyAtOnce(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	all := slices.Repeat([]respond.Decision{{Case: "nowhere", By: "marta"}}, respond.TogetherMost)
	got := w.DismissAll(t.Context(), append(all, respond.Decision{Case: id, By: "marta"}))
	w.cannot(got[respond.TogetherMost].Err, "At most 100")
	undone := w.UndoAll(t.Context(), append(slices.Repeat([]string{"nowhere"}, respond.TogetherMost), id), "marta")
	w.cannot(undone[respond.TogetherMost].Err, "At most 100")
	w.Stands(id, respond.Waiting)
}

// What is decided by a command is in the history with who gave it, whatever it is.
func TestOrderedByACommand(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	ctx := respond.Ordered(t.Context(), respond.Entry{By: "priya", OS: "root", From: "command"})
	for name, do := range map[string]func(context.Context) error{
		respond.Revealed: func(ctx context.Context) error { _, err := w.Reveal(ctx, id, "priya"); return err },
		respond.Assigned: func(ctx context.Context) error { _, err := w.Assign(ctx, id, "marta", "priya"); return err },
		"dismissed": func(ctx context.Context) error {
			_, err := w.Dismiss(ctx, respond.Decision{Case: id, By: "priya"})
			return err
		},
	} {
		w.Must(do(ctx))
		h := w.Get(id).History
		if e := h[len(h)-1]; e.Do != name || e.OS != "root" || e.From != "command" {
			t.Errorf("%s: %+v", name, e)
		}
	}
	w.Must(w.Erase(ctx, respond.Erasure{Comment: id, By: respond.Machine, Why: respond.WhyRequest}))
	for _, e := range w.Get(id).History {
		if e.By == respond.Machine && e.OS != "" {
			t.Errorf("what triage did itself is told as ordered: %+v", e)
		}
	}
}

// The page shows no form for a reply to a comment of the weekly sample; a request that
// was made by hand gets none either.
func TestNothingGoesOutFromTheSample(t *testing.T) {
	w := newWorld(t)
	w.Live.Sample = 9
	v := unflagged(w, "c1")
	w.Must(w.OpenSample(t.Context(), "2026-36", []classify.Verdict{v}))
	id := v.Comment.ID
	for _, dec := range []respond.Decision{{Reply: desktest.Safe}, {Private: desktest.Safe}, {Hide: "identifier"}} {
		dec.Case, dec.By = id, "marta"
		_, err := w.Approve(t.Context(), dec)
		w.cannot(err, "say first what it is")
	}
	w.label(id, respond.Label{Level: classify.Clear})
	w.Answer(id)
	w.Stands(id, respond.Approved, "moved")
}

func TestTheHistoryTellsWhyItWasHidden(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Live.Shadow = true
	w.Decide(respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Hide: "other-person"})
	h := w.Get(id).History
	want := []respond.Part{{Kind: ingest.Reply, State: respond.Recorded}, {Kind: ingest.Hide, Reason: "other-person", State: respond.Recorded}}
	if got := respond.Parts(h[len(h)-1].Note); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := respond.Parts("reply"); !slices.Equal(got, []respond.Part{{Kind: ingest.Reply}}) {
		t.Errorf("%+v", got)
	}
}
