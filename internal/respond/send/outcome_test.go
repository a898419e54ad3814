package send

import (
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

var kinds = []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}

// approved is a world with one approved action of that kind, which is due.
func approved(t *testing.T, kind ingest.ActionKind) (*world, string) {
	t.Helper()
	w := newWorld(t)
	if kind == ingest.TakeDown {
		text := "We are sorry your surgery went badly, Karen."
		own := w.Own("r9", "c1", text)
		w.Plat.Seen["r9"] = &ingest.Observation{Text: text}
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		w.Decide(respond.Decision{Case: own.ID, By: "dana", TakeDown: true})
		w.Wait(time.Minute)
		return w, own.ID
	}
	id := w.Open("c1")
	dec := respond.Decision{Case: id, By: "dana"}
	switch kind {
	case ingest.Reply:
		dec.Reply = desktest.Safe
	case ingest.Private:
		dec.Private = desktest.Safe
	case ingest.Hide:
		dec.Hide = "identifier"
	}
	w.Decide(dec)
	w.Wait(time.Minute)
	return w, id
}

// TestEveryOutcomeOfEveryAction is the table of what an answer of a platform leads
// to: the state, when it goes on, and what the person is told.
func TestEveryOutcomeOfEveryAction(t *testing.T) {
	const why = "the platform's own words on what to do"
	for name, tt := range map[string]struct {
		out  ingest.Outcome
		want respond.State
		due  time.Duration // 0: it is over, or looked at after ReadBack
		told string
		open bool
	}{
		"done":                   {ingest.Outcome{Result: ingest.Done}, respond.Sent, 0, "", false},
		"done, and reviewed":     {ingest.Outcome{Result: ingest.Done, Standing: ingest.Pending}, respond.Sent, 0, "reviews it", false},
		"done, and rejected":     {ingest.Outcome{Result: ingest.Done, Standing: ingest.Rejected}, respond.Failed, 0, "nobody sees it", true},
		"done before":            {ingest.Outcome{Result: ingest.Done, Why: why}, respond.Sent, 0, why, false},
		"refused":                {ingest.Outcome{Result: ingest.Refused, Code: "100", Why: why}, respond.Failed, 0, why, true},
		"refused, and stop":      {ingest.Outcome{Result: ingest.Refused, Code: "190", Why: why, StopPosting: true}, respond.Failed, 0, why, true},
		"later":                  {ingest.Outcome{Result: ingest.Later, After: time.Minute, Why: why}, respond.Approved, time.Minute, why, false},
		"later, without a time":  {ingest.Outcome{Result: ingest.Later, Why: why}, respond.Approved, lookAgain, why, false},
		"later, and stop":        {ingest.Outcome{Result: ingest.Later, After: 2 * time.Minute, Why: why, StopPosting: true}, respond.Approved, 2 * time.Minute, why, false},
		"unclear":                {ingest.Outcome{Result: ingest.Unclear, Why: why}, respond.Sending, 0, "", false},
		"unclear, of which Code": {ingest.Outcome{Result: ingest.Unclear, Code: "http 502", Why: why}, respond.Sending, 0, "", false},
	} {
		for _, kind := range kinds {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				w, id := approved(t, kind)
				w.Plat.Answer = desktest.Always(tt.out)
				w.Step()
				c := w.Get(id)
				a := c.Actions[0]
				if a.State != tt.want || a.Why != tt.told && !strings.Contains(a.Why, tt.told) || c.Open() != tt.open {
					t.Fatalf("%s, told %q, open %v; want %s, %q, %v", a.State, a.Why, c.Open(), tt.want, tt.told, tt.open)
				}
				if tt.due == 0 && !a.Due.IsZero() || tt.due > 0 && !a.Due.Equal(w.Clock.Add(tt.due)) {
					t.Errorf("due %v, want in %v", a.Due, tt.due)
				}
				if (a.State == respond.Failed || a.State == respond.Approved) && a.Code != tt.out.Code {
					t.Errorf("code %q", a.Code)
				}
				if paused := w.sender.pausedUntil("cedar").After(w.Clock); paused != tt.out.StopPosting {
					t.Errorf("paused %v", paused)
				}
				calls := len(w.Plat.Acts)
				w.Wait(max(tt.due-time.Second, 0))
				w.Step()
				if n := len(w.Plat.Acts); calls != 1 || n != 1 {
					t.Errorf("%d calls, and %d before its time", calls, n)
				}
			})
		}
	}
}

// What is read back after an answer that was lost.
func TestWhatIsReadBack(t *testing.T) {
	told := map[respond.State]string{respond.Sent: "", respond.Manual: "it is not known whether this went out", respond.Approved: ""}
	for _, kind := range kinds {
		for _, happened := range []bool{true, false} {
			want := map[bool]respond.State{true: respond.Sent, false: respond.Manual}[happened]
			if again := kind == ingest.Hide || kind == ingest.TakeDown; again && !happened { // twice is the same as once
				want = respond.Approved
			}
			w, id := approved(t, kind)
			w.Plat.Answer, w.Plat.Store = desktest.Always(ingest.Outcome{Result: ingest.Unclear}), happened
			w.Step()
			w.Wait(w.Live.ReadBack - time.Second)
			w.Step()
			w.Stands(id, respond.Sending)
			w.Wait(time.Second)
			w.Step()
			a := w.Get(id).Actions[0]
			if a.State != want || !strings.HasPrefix(a.Why, told[want]) || a.Unclear != (want == respond.Manual) || w.Get(id).Open() != (want == respond.Manual) {
				t.Errorf("%s, happened %v: %+v, want %s", kind, happened, a, want)
			}
			if want == respond.Approved {
				w.Plat.Answer = nil
				w.Wait(lookAgain)
				w.Step()
				w.Stands(id, respond.Sent)
			}
		}
	}
}

// An answer that comes after a person settled the action changes nothing but that
// it went out.
func TestAnswerThatComesTooLate(t *testing.T) {
	for result, want := range map[ingest.Result]respond.State{ingest.Done: respond.Sent, ingest.Refused: respond.Dismissed, ingest.Later: respond.Dismissed} {
		w, id := approved(t, ingest.Reply)
		w.Plat.Answer = func(ingest.Action) ingest.Outcome {
			_, err := w.Change(t.Context(), id, func(c *respond.Case) error { // another process looked, and she handled it
				c.Actions[0].State, c.Actions[0].Unclear, c.Actions[0].By = respond.Dismissed, true, "priya"
				return nil
			})
			w.Must(err)
			return ingest.Outcome{Result: result}
		}
		w.Step()
		w.Stands(id, want)
		w.Plat.Answer = nil
		w.Wait(time.Hour)
		w.Step()
		w.Stands(id, want)
		if n := len(w.Plat.Acts); n != 1 {
			t.Errorf("%s: %d calls", result, n)
		}
	}
}

// What an officer let out past the gate is not stopped at the last moment.
func TestOverriddenTextGoesOut(t *testing.T) {
	const text = "We are sorry to hear about the bleeding after your surgery."
	for _, override := range []string{"safety:hash", ""} {
		w, id := approved(t, ingest.Reply)
		_, err := w.Change(t.Context(), id, func(c *respond.Case) error {
			c.Actions[0].Override, c.Actions[0].Text = override, "key"
			return nil
		})
		w.Must(err)
		w.Must(w.Words.Save(t.Context(), "key", text))
		w.Step()
		if override != "" {
			w.Stands(id, respond.Sent)
		} else if w.Stands(id, respond.Manual); !strings.Contains(w.why(id), "no longer allow this text") {
			t.Errorf("told %q", w.why(id))
		}
	}
}
