package respond_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
	"triage/internal/respond/may"
)

// Blanks are no answer: nothing is said by them, and nothing goes out.
func TestBlanksAreNothing(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	for _, dec := range []respond.Decision{{Reply: " \n"}, {Private: "\t "}} {
		dec.Case, dec.By = id, "marta"
		_, err := w.Approve(t.Context(), dec)
		w.cannot(err, "nothing to approve")
	}
	w.Decide(respond.Decision{Case: id, By: "marta", Reply: " " + desktest.Safe + "\n", Private: " "})
	c := w.Get(id)
	if len(c.Actions) != 1 || !strings.HasSuffix(c.Actions[0].Text, "."+w.Names.Version(desktest.Safe)) {
		t.Errorf("%+v", c.Actions)
	}
}

// A private message alone is an answer: nothing is said in public.
func TestPrivateOnly(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Decide(respond.Decision{Case: id, By: "marta", Private: desktest.Safe, Hide: "identifier"})
	w.Wait(time.Minute)
	w.Step()
	w.Step()
	w.Stands(id, respond.Sent)
	var kinds []ingest.ActionKind
	for _, a := range w.Plat.Acts {
		kinds = append(kinds, a.Kind)
	}
	if !slices.Equal(kinds, []ingest.ActionKind{ingest.Private, ingest.Hide}) {
		t.Errorf("it did %s", kinds)
	}
	none := w.Comment("c2", desktest.Said)
	none.PrivateUntil = time.Time{}
	w.Must(w.Take(t.Context(), clearOf(none)))
	_, err := w.Approve(t.Context(), respond.Decision{Case: none.ID, By: "marta", Private: desktest.Safe})
	w.cannot(err, "takes no private message")
	if strings.Contains(err.Error(), "Untick") {
		t.Error("there is nothing but the private message to approve")
	}
	if stop, stopped := w.May(w.Get(none.ID)).Stop(ingest.Private); !stopped || stop.Code != may.CodeNoPrivate {
		t.Errorf("%+v", stop)
	}
}

// Where the only answer fails, the comment stays where a person can still answer it.
func TestNothingIsHiddenUnanswered(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Decide(respond.Decision{Case: id, By: "marta", Private: desktest.Safe, Hide: "identifier"})
	w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Refused, Why: "no"})
	w.Wait(time.Minute)
	w.Step()
	w.Step()
	if n := len(w.Plat.Acts); n != 1 || w.Plat.Effects["hide c1"] > 0 {
		t.Fatalf("%d calls: %+v", n, w.Plat.Acts)
	}
	for _, a := range w.Get(id).Actions {
		if a.Kind == ingest.Hide && (a.State != respond.Manual || !strings.Contains(a.Why, "the answer did not go out")) {
			t.Errorf("the hiding is %s: %s", a.State, a.Why)
		}
	}
}
