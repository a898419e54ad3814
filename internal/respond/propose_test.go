package respond_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// fourEyes is a desk at which an override takes two, with one proposed.
func fourEyes(t *testing.T) (*world, string) {
	t.Helper()
	w := newWorld(t)
	w.Live.FourEyes = true
	id := w.Open("c1")
	dec := lets(id)
	dec.Hide = "other-person"
	w.Decide(dec)
	return w, id
}

func TestAnOverrideIsProposed(t *testing.T) {
	w, id := fourEyes(t)
	c := w.Get(id)
	w.Stands(id, respond.Waiting, respond.Proposed)
	p, ok := c.Proposed()
	if !ok || p.By != "otto" || !c.Open() || strings.Contains(fmt.Sprint(c), "surgery") {
		t.Fatalf("%+v of %+v", p, c)
	}
	if light, ok := c.Light().Proposed(); !ok || light.By != "otto" {
		t.Errorf("lists do not tell: %+v", light)
	}
	open, ok, err := w.Proposal(t.Context(), c)
	if err != nil || !ok || open.ReplyWords != unsafe || open.NoteWords != note || open.Hide != "other-person" || open.PrivateWords != "" {
		t.Errorf("%+v, %v", open, err)
	}
	w.Wait(time.Hour)
	w.Step()
	if w.Plat.Replies() > 0 {
		t.Fatal("it went out with one pair of eyes")
	}
}

func TestASecondPersonConfirms(t *testing.T) {
	w, id := fourEyes(t)
	step := w.Get(id).Step()
	for _, by := range []string{"otto", ""} {
		_, err := w.Confirm(t.Context(), id, step, by)
		w.cannot(err, "second person")
	}
	for _, other := range []int{0, step - 1, step + 1} {
		if _, err := w.Confirm(t.Context(), id, other, "dana"); !errors.Is(err, respond.ErrConflict) {
			t.Errorf("of what she did not see: %v", err)
		}
	}
	c, err := w.Confirm(t.Context(), id, step, "dana")
	w.Must(err)
	for _, a := range c.Actions {
		if a.By != "otto" || a.Second != "dana" || (a.Override == "consent") != (a.Kind == ingest.Reply) {
			t.Errorf("%+v", a)
		}
	}
	if _, ok := c.Proposed(); ok || c.Proposal != nil {
		t.Error("it is still proposed")
	}
	h := c.History[len(c.History)-3:]
	if h[0].Do != respond.Confirmed || h[0].By != "dana" || h[0].Note != "otto" || h[1].Do != respond.Overrode || h[1].By != "otto" || h[2].Do != "approved" || h[2].By != "dana" {
		t.Errorf("the history has %+v", h)
	}
	_, err = w.Confirm(t.Context(), id, w.Get(id).Step(), "priya")
	w.cannot(err, "Nothing is proposed")
	w.Wait(time.Minute)
	w.Step()
	w.Step()
	w.Stands(id, respond.Sent)
	if w.Plat.Replies() != 1 || w.Plat.Effects["hide c1"] != 1 {
		t.Errorf("%+v", w.Plat.Effects)
	}
}

func TestAProposalIsWithdrawn(t *testing.T) {
	w, id := fourEyes(t)
	_, err := w.Withdraw(t.Context(), id, "dana")
	w.Must(err)
	w.Stands(id, respond.Waiting, respond.Unproposed)
	_, err = w.Confirm(t.Context(), id, w.Get(id).Step(), "dana")
	w.cannot(err, "Nothing is proposed")
	_, err = w.Withdraw(t.Context(), id, "dana")
	w.cannot(err, "Nothing is proposed")
	w.Answer(id) // the case waits as before
}

// Whatever happens to the case, what was proposed before is not confirmed after.
func TestAProposalGoesStale(t *testing.T) {
	for name, happen := range map[string]func(w *world, id string){
		"edited": func(w *world, id string) {
			w.Must(w.Take(w.T.Context(), clearOf(w.Comment("c1", desktest.Said+" again"))))
		},
		"answered on the platform": func(w *world, id string) {
			w.Must(w.Take(w.T.Context(), []classify.Verdict{{Comment: w.Own("r9", "c1", desktest.Safe)}}))
		},
		"deleted":         func(w *world, id string) { w.Erasing(id, respond.WhyAuthor) },
		"decided":         func(w *world, id string) { w.Answer(id) },
		"dismissed":       func(w *world, id string) { w.dismiss(id) },
		"proposed anew":   func(w *world, id string) { w.Decide(lets(id)) },
		"done and undone": func(w *world, id string) { w.Answer(id); w.undo(id) },
	} {
		t.Run(name, func(t *testing.T) {
			w, id := fourEyes(t)
			seen := w.Get(id).Step()
			happen(w, id)
			if _, err := w.Confirm(t.Context(), id, seen, "dana"); !errors.Is(err, respond.ErrConflict) {
				t.Errorf("as she saw it: %v", err)
			}
			if p, ok := w.Get(id).Proposed(); ok != (name == "proposed anew") || ok && p.Hide != "" {
				t.Errorf("%+v is still in force", p)
			}
			if _, err := w.Confirm(t.Context(), id, w.Get(id).Step(), "dana"); (err == nil) != (name == "proposed anew") {
				t.Errorf("as it is now: %v", err)
			}
		})
	}
}

// Reading, labelling, assigning and notes are beside a proposal.
func TestAProposalStands(t *testing.T) {
	w, id := fourEyes(t)
	seen := w.Get(id).Step()
	_, err := w.Reveal(t.Context(), id, "dana")
	w.Must(err)
	_, err = w.Assign(t.Context(), id, "dana", "otto")
	w.Must(err)
	_, err = w.AddNote(t.Context(), id, "Dana, please look at it.", "otto")
	w.Must(err)
	w.label(id, respond.Label{Level: classify.Clear})
	_, err = w.Confirm(t.Context(), id, seen, "dana")
	w.Must(err)
}

// Whoever was shut out, or has another role now, is no first person any more.
func TestAProposalOfOneWhoMayNoMore(t *testing.T) {
	w, id := fourEyes(t)
	officers := map[string]bool{"dana": true}
	w.MayOverride = func(_ context.Context, user string) bool { return officers[user] }
	seen := w.Get(id).Step()
	_, err := w.Confirm(t.Context(), id, seen, "dana")
	w.cannot(err, "may not let it out any more")
	w.Stands(id, respond.Waiting)
	officers["otto"] = true
	_, err = w.Confirm(t.Context(), id, seen, "dana")
	w.Must(err)
	w.Stands(id, respond.Approved)
}

// What was withdrawn after the backup is not confirmed after the restore.
func TestAProposalIsNotRestored(t *testing.T) {
	w, id := fourEyes(t)
	c, changed := respond.Restored(w.Get(id), w.Clock, w.Clock.Add(time.Hour))
	if _, ok := c.Proposed(); !changed || ok || c.Last().Do != respond.Unproposed || c.Last().By != respond.Machine {
		t.Fatalf("changed %v: %+v", changed, c)
	}
	if was, ok := w.Get(id).Proposed(); !ok || was.By != "otto" {
		t.Error("the case it was made from is another one now")
	}
	if _, again := respond.Restored(c, w.Clock, w.Clock); again {
		t.Error("restored twice, it changes again")
	}
}

// The rest that could be unticked is the first person's to leave out.
func TestConfirmingWhatIsPartlyTooLate(t *testing.T) {
	w := newWorld(t)
	w.Live.FourEyes = true
	dec := lets(w.Open("c1"))
	dec.Private = desktest.Safe
	w.Decide(dec)
	w.Wait(8 * 24 * time.Hour)
	_, err := w.Confirm(t.Context(), dec.Case, w.Get(dec.Case).Step(), "dana")
	w.cannot(err, "not possible any more")
	if strings.Contains(err.Error(), "Untick") {
		t.Errorf("there is nothing to untick: %v", err)
	}
}

// What the gate passes takes one person, also where somebody gave a reason for more.
func TestOnePersonIsEnoughForWhatPasses(t *testing.T) {
	w := newWorld(t)
	w.Live.FourEyes = true
	dec := lets(w.Open("c1"))
	dec.Reply = desktest.Safe
	w.Decide(dec)
	w.Stands(dec.Case, respond.Approved)
}

// ownUnsafe is the case of a reply of ours that says too much.
func ownUnsafe(w *world) string {
	own := w.Own("r1", "", unsafe)
	w.Must(w.Take(w.T.Context(), []classify.Verdict{{Comment: own}}))
	return own.ID
}

func TestOurUnsafeWordsStayForAReasonOnly(t *testing.T) {
	w := newWorld(t)
	id := ownUnsafe(w)
	dec := respond.Decision{Case: id, By: "otto"}
	_, err := w.Dismiss(t.Context(), dec)
	w.cannot(err, "Delete the reply")
	dec.Override = "consent"
	_, err = w.Dismiss(t.Context(), dec)
	w.cannot(err, "written reason")
	w.Stands(id, respond.Waiting)
	dec.Note = note
	_, err = w.Dismiss(t.Context(), dec)
	w.Must(err)
	w.Stands(id, respond.Dismissed, "takedown:consent:")
}

func TestLeavingOurUnsafeWordsTakesTwo(t *testing.T) {
	w := newWorld(t)
	w.Live.FourEyes = true
	id := ownUnsafe(w)
	c, err := w.Dismiss(t.Context(), respond.Decision{Case: id, By: "otto", Override: "consent", Note: note})
	w.Must(err)
	if p, ok := c.Proposed(); !ok || !p.Dismiss {
		t.Fatalf("%+v", c)
	}
	w.Stands(id, respond.Waiting)
	_, err = w.Confirm(t.Context(), id, c.Step(), "dana")
	w.Must(err)
	w.Stands(id, respond.Dismissed, "dana dismissed", "otto overrode")
}

// A reason for an override means nothing where there is nothing to override.
func TestNoOverrideOfADismissal(t *testing.T) {
	w := newWorld(t)
	w.Live.FourEyes = true
	id := w.Open("c1")
	_, err := w.Dismiss(t.Context(), respond.Decision{Case: id, By: "marta", Override: "consent"})
	w.Must(err)
	w.Stands(id, respond.Dismissed)
	if strings.Contains(fmt.Sprint(w.Get(id).History), respond.Overrode) {
		t.Error("the history tells of an override")
	}
}
