package respond_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

func TestRestoredFromABackup(t *testing.T) {
	backup := time.Date(2026, 9, 1, 3, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		in      respond.Action
		want    respond.State
		unclear bool
		changed bool
	}{
		"reply, approved":   {respond.Action{Kind: ingest.Reply, State: respond.Approved}, respond.Manual, true, true},
		"private, approved": {respond.Action{Kind: ingest.Private, State: respond.Approved}, respond.Manual, true, true},
		"hide, approved":    {respond.Action{Kind: ingest.Hide, State: respond.Approved}, respond.Manual, false, true},
		"reply, sending":    {respond.Action{Kind: ingest.Reply, State: respond.Sending, Intent: &respond.Intent{Attempt: 1}}, respond.Manual, true, true},
		"hide, sending":     {respond.Action{Kind: ingest.Hide, State: respond.Sending, Intent: &respond.Intent{Attempt: 1}}, respond.Manual, true, true},
		"sent":              {respond.Action{Kind: ingest.Reply, State: respond.Sent}, respond.Sent, false, false},
		"dismissed":         {respond.Action{Kind: ingest.Reply, State: respond.Dismissed}, respond.Dismissed, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			was := w.Get(w.Open("c1"))
			was.Actions = []respond.Action{tt.in}
			c, changed := respond.Restored(was, backup, w.Clock)
			a := c.Actions[0]
			if changed != tt.changed || a.State != tt.want || a.Unclear != tt.unclear || c.Open() != tt.changed {
				t.Fatalf("changed %v, open %v: %+v", changed, c.Open(), a)
			}
			if changed != strings.Contains(a.Why, "1 Sep 2026 03:00 UTC") || changed != strings.Contains(fmt.Sprint(c.History), "restored") {
				t.Errorf("it says %q: %v", a.Why, c.History)
			}
			if was.Actions[0].State != tt.in.State || len(was.History) != 1 {
				t.Error("the case it was made from is another one now")
			}
			if _, again := respond.Restored(c, backup, w.Clock); again {
				t.Error("restored twice, it changes again")
			}
		})
	}
}

// What the audit is made of: every act of a person and every act outside.
func TestHistoryTellsEveryAct(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	id := w.full("c1")
	_, err := w.Reveal(ctx, id, "priya")
	w.Must(err)
	w.Answer(id)
	_, err = w.Undo(ctx, id, "priya")
	w.Must(err)
	_, err = w.Dismiss(ctx, respond.Decision{Case: id, By: "marta"})
	w.Must(err)
	_, err = w.Undo(ctx, id, "marta")
	w.Must(err)
	_, err = w.Approve(ctx, respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Private: desktest.Safe, Hide: "identifier"})
	w.Must(err)
	w.Wait(time.Minute)
	w.Plat.Answer = func(a ingest.Action) ingest.Outcome {
		return ingest.Outcome{Result: map[ingest.ActionKind]ingest.Result{
			ingest.Reply: ingest.Done, ingest.Private: ingest.Refused, ingest.Hide: ingest.Done}[a.Kind], Code: "551"}
	}
	for range 3 {
		w.Step()
	}
	_, err = w.Handle(ctx, respond.Decision{Case: id, By: "otto"})
	w.Must(err)
	w.Erasing(id, respond.WhyAuthor)
	var got []string
	for i, e := range w.Get(id).History {
		if e.N != i+1 || e.At.IsZero() {
			t.Errorf("entry %d is %+v", i+1, e)
		}
		got = append(got, strings.TrimSpace(e.By+" "+e.Do+" "+e.Note))
	}
	want := []string{
		"triage opened identifier", "priya revealed", "marta approved reply", "priya undone", "marta dismissed", "marta undone",
		"marta approved reply+private+hide:identifier",
		"triage sending reply", "triage sent reply", "triage sending private", "triage failed private:551", "triage sending hide", "triage sent hide",
		"otto handled", "otto erased author-deleted",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestManyRevealsDoNotFillTheCase(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	audited := 0
	w.Audited = func(context.Context, string) int { return audited }
	reveal := func(n int) respond.Case {
		for range n {
			_, err := w.Reveal(t.Context(), id, "priya")
			w.Must(err)
		}
		return w.Get(id)
	}
	if c := reveal(2 * respond.HistoryMost); len(c.History) != 2*respond.HistoryMost+1 {
		t.Fatalf("%d entries: one was lost that the audit does not have", len(c.History))
	}
	step := w.Get(id).Step()
	audited = 1 << 30
	c := reveal(2 * respond.HistoryMost)
	if n := len(c.History); n > respond.HistoryMost || n < respond.HistoryKept || c.Noted != 4*respond.HistoryMost+1 || c.Step() != step || c.History[0].Do != "opened" {
		t.Fatalf("%d entries of %d, step %d", n, c.Noted, c.Step())
	}
	if last := c.History[len(c.History)-1]; last.N != c.Noted {
		t.Fatalf("the last entry has number %d of %d", last.N, c.Noted)
	}
}

func TestHistoryFromBeforeNumbers(t *testing.T) {
	w := newWorld(t)
	c := respond.Case{History: []respond.Entry{{Do: "opened"}, {Do: "approved"}}}
	if n := c.Numbered(); n[0].N != 1 || n[1].N != 2 || c.History[0].N != 0 {
		t.Fatalf("%+v from %+v", n, c.History)
	}
	c.Note(w.Clock, respond.Machine, "sent", "reply")
	if h := c.Numbered(); h[0].N != 1 || h[2].N != 3 || c.Noted != 3 {
		t.Fatalf("%+v", h)
	}
}
