package respond_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

const (
	unsafe = "We hope your surgery went well. Please call us."
	note   = "She gave us her written consent on Monday."
)

// lets is an officer's decision to let unsafe words out.
func lets(id string) respond.Decision {
	return respond.Decision{Case: id, By: "otto", Reply: unsafe, Override: "consent", Note: note}
}

func TestOverride(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	c, err := w.Approve(t.Context(), lets(id))
	w.Must(err)
	if a := c.Actions[0]; a.Override != "consent" || a.State != respond.Approved {
		t.Fatalf("%+v", a)
	}
	var told string
	for _, e := range c.History {
		if e.Do == respond.Overrode {
			told = e.By + " " + e.Note
		}
	}
	hash := w.Names.Version(note)
	if told != "otto reply:consent:"+hash || strings.Contains(told, "written") {
		t.Errorf("the history says %q", told)
	}
	if sealed, err := w.Words.Open(t.Context(), id+".note-override."+hash); err != nil || sealed.Text != note {
		t.Errorf("the note is %q, %v", sealed.Text, err)
	}
	w.Wait(time.Minute)
	w.Step()
	w.Stands(id, respond.Sent)
	if w.Plat.Replies() != 1 {
		t.Fatalf("%d replies", w.Plat.Replies())
	}
}

// The poller reads it back: it is ours, on purpose; other words are not.
func TestOverrideIsNoTakeDown(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Decide(lets(id))
	w.Wait(time.Minute)
	w.Step()
	own := func(text string, edit int) respond.Case {
		read := w.Own("r1", "c1", text)
		read.Edit = edit
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: read}}))
		c, _ := w.Stored.Get(t.Context(), read.ID)
		return c
	}
	if c := own(unsafe, 0); c.Lane != "" {
		t.Errorf("what was let out on purpose came back as %s", c.Lane)
	}
	w.Stands(id, respond.Sent)
	if c := own("  "+strings.ReplaceAll(unsafe, " ", "\n"), 0); c.Lane != "" {
		t.Error("with other spaces it came back")
	}
	if c := own(unsafe+" And your blood sugar?", 1); c.Lane != respond.LaneTakeDown {
		t.Error("other unsafe words are not a take-down case")
	}
}

// Between the post and our record of it the poller may read it.
func TestOverrideReadBackBeforeItIsRecorded(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Decide(lets(id))
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Own("r9", "c1", unsafe)}}))
	if n := w.Stored.Count(); n != 1 {
		t.Errorf("%d cases", n)
	}
}

func TestNoOverride(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*respond.Decision)
		says   string
	}{
		"without a reason":          {func(d *respond.Decision) { d.Override = "" }, ""},
		"by an unknown reason":      {func(d *respond.Decision) { d.Override = "because" }, "Choose one"},
		"without words":             {func(d *respond.Decision) { d.Note = " ok " }, "written reason"},
		"of a hidden character":     {func(d *respond.Decision) { d.Reply = "We hope your sur\u200bgery went well." }, ""},
		"of what is too long":       {func(d *respond.Decision) { d.Reply = strings.Repeat(unsafe+" ", 200) }, ""},
		"of a second public answer": {func(d *respond.Decision) { d.Hide = "criticism" }, "Criticism is never"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			dec := lets(w.Open("c1"))
			tt.change(&dec)
			_, err := w.Approve(t.Context(), dec)
			var refused *respond.RefusedError
			var cannot *respond.CannotError
			if !errors.As(err, &refused) && !errors.As(err, &cannot) || cannot != nil && !strings.Contains(cannot.Why, tt.says) || tt.says != "" && cannot == nil {
				t.Fatalf("%v", err)
			}
			if refused != nil && dec.Override != "" {
				for _, p := range refused.Problems {
					if p.Rule != "hidden" && p.Rule != "length" {
						t.Errorf("rule %s was not overridden", p.Rule)
					}
				}
			}
			w.Stands(dec.Case, respond.Waiting)
		})
	}
}

// A safe text beside a refused one needs no override, and says so.
func TestOverrideIsForTheRefusedTextOnly(t *testing.T) {
	w := newWorld(t)
	dec := lets(w.Open("c1"))
	dec.Private = "Please call our office at (503) 555-0142. Please leave medical details out of this chat."
	c, err := w.Approve(t.Context(), dec)
	w.Must(err)
	for _, a := range c.Actions {
		if (a.Override != "") != (a.Kind == ingest.Reply) {
			t.Errorf("%s: override %q", a.Kind, a.Override)
		}
	}
}

func TestOverridesAreInWords(t *testing.T) {
	for code, words := range respond.Overrides() {
		if code == "" || strings.ContainsAny(code, ": +") || len(words) < 20 {
			t.Errorf("%q: %q", code, words)
		}
	}
}
