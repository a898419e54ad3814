package outbound_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/outbound"
)

// What is online is recorded once for each wording, with the rules that it breaks.
func TestOnlineIsRecordedOnce(t *testing.T) {
	w := newWorld(t)
	id := w.published("r1", bad)
	for range 5 {
		w.look(10 * time.Minute)
	}
	if len(w.recorded) != 1 || !strings.HasPrefix(w.recorded[0], "read-online now=") || !strings.Contains(w.recorded[0], "rules=relationship") {
		t.Errorf("recorded %q", w.recorded)
	}
	if c := w.of(id); c.State() != respond.Waiting {
		t.Errorf("the case is %s", c.State())
	}
}

// A reply that is gone ends its case, with the proof, when what it answered is shown.
func TestGoneIsProven(t *testing.T) {
	w := newWorld(t)
	id := w.published("r1", bad)
	delete(w.texts, "r1")
	w.look(time.Minute)
	c := w.of(id)
	f := outbound.ParseFinding(w.last(id).Note)
	if c.Open() || w.last(id).Do != outbound.Removed || f.Before != c.Comment.Version || f.After != "none" || f.Answer != "100/33" {
		t.Errorf("the case is %s: %+v", c.State(), w.last(id))
	}
	asked := w.asked
	if w.look(time.Hour); w.asked != asked {
		t.Errorf("asked %d times more for what is gone", w.asked-asked)
	}
}

// A lost permission is no removal, nor is what nothing beside it vouches for: a person
// is asked, once, and can say so.
func TestGoneWithoutProof(t *testing.T) {
	for name, spoil := range map[string]func(*world){
		"everything is gone":       func(w *world) { w.blind = true },
		"the check does not pass":  func(w *world) { delete(w.texts, "r1"); w.healthy = false },
		"the comment is gone too":  func(w *world) { delete(w.texts, "r1"); delete(w.texts, "c-r1") },
		"nothing answers any more": func(w *world) { w.failing = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.published("r1", bad)
			spoil(w)
			for range 3 {
				w.look(10 * time.Minute)
			}
			c := w.of(id)
			if !c.Open() || w.last(id).Do == outbound.Removed {
				t.Fatalf("the case is %s: %+v", c.State(), w.last(id))
			}
			if w.failing {
				return
			}
			if len(c.Actions) != 1 || c.Actions[0].State != respond.Manual || !strings.Contains(c.Actions[0].Why, "look whether it is really gone") {
				t.Errorf("nobody is asked: %+v", c.Actions)
			}
			_, err := w.Handle(t.Context(), respond.Decision{Case: id, By: "dana"})
			w.Must(err)
			w.look(10 * time.Minute)
			if w.last(id).Do != "handled" {
				t.Errorf("after a person said so: %+v", w.last(id))
			}
		})
	}
}

// More than five that are gone at once, and nobody said they would be, are for people.
// One that a person says is gone is proven then.
func TestManyGoneAtOnce(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for i := range 6 {
		ids = append(ids, w.published(fmt.Sprint("r", i), bad))
		delete(w.texts, fmt.Sprint("r", i))
	}
	w.look(time.Minute)
	for _, id := range ids {
		if c := w.of(id); c.State() != respond.Manual || !strings.Contains(c.Actions[0].Why, "many of our replies") {
			t.Errorf("the case is %s", c.State())
		}
	}
	_, err := w.Handle(t.Context(), respond.Decision{Case: ids[0], By: "dana"})
	w.Must(err)
	w.look(10 * time.Minute)
	for i, id := range ids {
		if w.last(id).Do != outbound.Removed {
			t.Errorf("%d: %+v", i, w.last(id))
		}
	}
	if c := w.of(ids[0]); c.Actions[0].State != respond.Dismissed || c.Actions[0].By != "dana" {
		t.Errorf("who said so is forgotten: %+v", c.Actions)
	}
}

// A reply that says something else is held against the rules anew, beside its comment.
func TestCorrected(t *testing.T) {
	for text, want := range map[string]string{good: outbound.Corrected, twins: "handed", bad + " Again.": "handed"} {
		w := newWorld(t)
		id := w.published("r1", bad)
		w.texts["r1"] = text
		w.look(time.Minute)
		got := w.last(id).Do
		if len(w.handed) == 1 && w.handed[0].Own && w.handed[0].Content.Text == text && w.handed[0].ID == id {
			got = "handed"
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// What was gone and is there again, or was said to be done by hand and is not, is for
// people again; not what the platform may only show a moment longer.
func TestBackOnline(t *testing.T) {
	w := newWorld(t)
	id := w.published("r1", bad)
	delete(w.texts, "r1")
	w.look(time.Minute)
	w.texts["r1"] = bad
	w.Wait(time.Minute)
	w.Must(w.all())
	if w.of(id).Open() {
		t.Error("it is open a moment later")
	}
	w.look(25 * time.Hour)
	if c := w.of(id); c.State() != respond.Waiting || w.last(id).Do != outbound.Back {
		t.Errorf("it is %s: %+v", c.State(), w.last(id))
	}
}

// What an officer left online, and what is only recorded in shadow mode, is no news.
func TestLeftOnline(t *testing.T) {
	w := newWorld(t)
	id := w.published("r1", bad)
	_, err := w.Dismiss(t.Context(), respond.Decision{Case: id, By: "dana", Override: "misread", Note: "It is about the building."})
	w.Must(err)
	w.begin()
	for range 3 {
		w.Wait(25 * time.Hour)
		w.Must(w.all())
	}
	if c := w.of(id); c.Open() || w.last(id).Do != "dismissed" {
		t.Errorf("it is %s: %+v", c.State(), w.last(id))
	}
	shadow := w.published("r2", bad)
	_, err = w.Change(t.Context(), shadow, func(c *respond.Case) error {
		c.Actions = []respond.Action{{Kind: ingest.TakeDown, State: respond.Recorded}}
		return nil
	})
	w.Must(err)
	w.look(time.Hour)
	if c := w.of(shadow); c.State() != respond.Recorded {
		t.Errorf("what was recorded is %s", c.State())
	}
}

// What is old is read back once a day, and no more than some at a time.
func TestReadBackSeldom(t *testing.T) {
	w := newWorld(t)
	for i := range 70 {
		w.published(fmt.Sprint("r", i), bad)
	}
	w.Wait(48 * time.Hour)
	for range 10 {
		w.look(time.Minute)
	}
	if w.asked != 70 {
		t.Errorf("asked %d times, want 70", w.asked)
	}
}

// A finding survives the audit, within its bounds.
func TestFinding(t *testing.T) {
	f := outbound.Finding{Before: "abcdefghijkl", After: "none", Answer: "200 without a reply", Rules: []string{"health", "name"}}
	got := outbound.ParseFinding(f.String())
	if got.Answer = strings.ReplaceAll(got.Answer, "-", " "); fmt.Sprint(got) != fmt.Sprint(f) {
		t.Errorf("%q was read as %+v", f, got)
	}
}
