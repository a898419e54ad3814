package respond_test

import (
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// reasonRow is one reason why something may not be done, or what is to be known
// before: what makes it hold, of which kind of action, and what is said.
type reasonRow struct {
	kind  ingest.ActionKind
	make  func(f *respond.Facts)
	may   bool
	code  string
	says  string
	until time.Duration // from now; 0: no clock
}

// plainly is a comment of somebody else that everything may be done about.
func plainly(now time.Time) respond.Facts {
	return respond.Facts{
		Now: now, Rules: respond.Rules{Window: time.Minute, DailyCap: 50},
		Can: ingest.Capabilities{Name: "Facebook", HideNote: "It stays visible to its author.",
			Actions: []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}},
		Case: respond.Case{
			Comment:   ingest.Comment{ID: "c1", CanHide: true, PrivateUntil: now.Add(6*24*time.Hour + 22*time.Hour)},
			Judgement: classify.Judgement{Judged: true, Level: classify.Clear},
			Lane:      respond.LaneClear, History: []respond.Entry{{By: respond.Machine, Do: "opened"}},
		},
	}
}

func did(kind ingest.ActionKind, s respond.State) func(*respond.Facts) {
	return func(f *respond.Facts) { f.Case.Actions = []respond.Action{{Kind: kind, State: s}} }
}

func happened(do string) func(*respond.Facts) {
	return func(f *respond.Facts) { f.Case.History = append(f.Case.History, respond.Entry{Do: do}) }
}

func without(f *respond.Facts) { f.Can = ingest.Capabilities{} }

var reasonRows = map[string]reasonRow{
	"nothing against it":           {kind: ingest.Reply, make: func(*respond.Facts) {}, may: true},
	"answered from here":           {kind: ingest.Reply, make: did(ingest.Reply, respond.Sent), code: respond.CodeDone, says: "One public reply per comment, for ever"},
	"perhaps answered from here":   {kind: ingest.Reply, make: did(ingest.Reply, respond.Sending), code: respond.CodeDone, says: "may have been"},
	"written to from here":         {kind: ingest.Private, make: did(ingest.Private, respond.Sent), code: respond.CodeDone, says: "One private message per comment"},
	"erased":                       {kind: ingest.Reply, make: func(f *respond.Facts) { f.Case.Erased = respond.WhyAuthor }, code: respond.CodeErased, says: "was erased"},
	"our own words":                {kind: ingest.Reply, make: func(f *respond.Facts) { f.Case.Comment.Own = true }, code: respond.CodeOwn, says: "our own words"},
	"somebody else's words":        {kind: ingest.TakeDown, make: func(*respond.Facts) {}, code: respond.CodeNotOwn, says: "Only our own reply"},
	"answered by a person":         {kind: ingest.Reply, make: happened("answered"), code: respond.CodeAnswered, says: "Somebody of the practice answered"},
	"hidden from here":             {kind: ingest.Reply, make: did(ingest.Hide, respond.Sent), code: respond.CodeHidden, says: "would reach nobody"},
	"hidden already":               {kind: ingest.Hide, make: func(f *respond.Facts) { f.Case.Comment.Hidden = true }, code: respond.CodeHidden, says: "hidden on the platform already"},
	"hidden when it was read":      {kind: ingest.Reply, make: func(f *respond.Facts) { f.Case.Comment.Hidden = true }, may: true, code: respond.CodeHeld, says: "If it still is"},
	"the platform has no messages": {kind: ingest.Private, make: without, code: respond.CodeNoPrivate, says: "The platform takes no private message"},
	"none to this comment":         {kind: ingest.Private, make: func(f *respond.Facts) { f.Case.Comment.PrivateUntil = time.Time{} }, code: respond.CodeNoPrivate, says: "Facebook takes no private message to this comment"},
	"the window is over": {kind: ingest.Private, make: func(f *respond.Facts) { f.Case.Comment.PrivateUntil = f.Now.Add(-time.Hour) }, code: respond.CodeClosed,
		says: "not possible any more: Facebook takes one for a limited time", until: -time.Hour},
	"the window is open":           {kind: ingest.Private, make: func(*respond.Facts) {}, may: true, code: respond.CodeWindow, says: "possible for 6 d 22 h, then Facebook closes it.", until: 166 * time.Hour},
	"this comment is not to hide":  {kind: ingest.Hide, make: func(f *respond.Facts) { f.Case.Comment.CanHide = false }, code: respond.CodeNoHide, says: "Facebook does not let us hide this comment"},
	"the platform hides nothing":   {kind: ingest.Hide, make: func(f *respond.Facts) { f.Case.Comment.CanHide, f.Can.Actions = false, nil }, code: respond.CodeNoHide, says: "It stays visible to its author."},
	"a program was not summoned":   {kind: ingest.Reply, make: func(f *respond.Facts) { f.Case.Comment.NoReply = true }, code: respond.CodeNotSummoned, says: "copy the text and answer there yourself"},
	"no reply from here":           {kind: ingest.Reply, make: without, code: respond.CodeNotHere, says: "do it by hand on the platform"},
	"no take-down from here":       {kind: ingest.TakeDown, make: func(f *respond.Facts) { f.Case.Comment.Own, f.Can.Actions = true, nil }, code: respond.CodeNotHere, says: "by hand"},
	"posting is off":               {kind: ingest.Reply, make: func(f *respond.Facts) { f.Rules.Shadow = true }, may: true, code: respond.CodeShadow, says: "nothing goes out"},
	"the platform asked for peace": {kind: ingest.Hide, make: func(f *respond.Facts) { f.Waits.Paused = f.Now.Add(time.Hour) }, may: true, code: respond.CodePaused, says: "from 13:00 on", until: time.Hour},
	"the day is full":              {kind: ingest.Reply, make: func(f *respond.Facts) { f.Waits.Full = f.Now.Add(20 * time.Hour) }, may: true, code: respond.CodeFull, says: "limit of 50 in 24 hours is reached: what is approved goes out from Wed 08:00 on", until: 20 * time.Hour},
	"the thread is full":           {kind: ingest.Reply, make: func(f *respond.Facts) { f.Waits.Crowded = f.Now.Add(time.Hour) }, may: true, code: respond.CodeCrowded, says: "under this post", until: time.Hour},
	"it is night":                  {kind: ingest.Private, make: func(f *respond.Facts) { f.Waits.Quiet = f.Now.Add(time.Hour) }, may: true, code: respond.CodeQuiet, says: "quiet hour", until: time.Hour},
	"edited since":                 {kind: ingest.Reply, make: happened("edited"), may: true, code: respond.CodeEdited, says: "as it is now"},
	"not judged by its terms":      {kind: ingest.Reply, make: func(f *respond.Facts) { f.Case.Judgement = classify.Judgement{WhyNot: classify.NotMode} }, may: true, code: respond.CodeNotRead, says: "The terms of Facebook"},
}

func TestMay(t *testing.T) {
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	for name, row := range reasonRows {
		t.Run(name, func(t *testing.T) {
			f := plainly(now)
			row.make(&f)
			all := respond.May(f)
			a := all.Of(row.kind)[0]
			if a.May != row.may || a.Code != row.code || !strings.Contains(a.Why, row.says) || all.May(row.kind) != row.may {
				t.Errorf("%+v, want %v, %q: %q", a, row.may, row.code, row.says)
			}
			if a.Until.IsZero() != (row.until == 0) || row.until != 0 && !a.Until.Equal(now.Add(row.until)) {
				t.Errorf("until %v, want %v from now", a.Until, row.until)
			}
			for _, a := range all {
				if a.Why != "" && (a.Why[:1] != strings.ToUpper(a.Why[:1]) || !strings.HasSuffix(a.Why, ".")) {
					t.Errorf("%q is no sentence", a.Why)
				}
			}
		})
	}
}

// Whatever the facts, every kind is answered, a refusal stands alone, and what was
// done is never done again.
func TestMayAnswersEveryKind(t *testing.T) {
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	for one := range reasonRows {
		for two := range reasonRows {
			f := plainly(now)
			reasonRows[one].make(&f)
			reasonRows[two].make(&f)
			all := respond.May(f)
			for _, kind := range []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown} {
				of := all.Of(kind)
				if len(of) == 0 || !of[0].May && len(of) > 1 {
					t.Fatalf("%s and %s: %+v", one, two, of)
				}
				if f.Case.Done(kind) && all.May(kind) {
					t.Fatalf("%s and %s: %s may be done again", one, two, kind)
				}
			}
		}
	}
}

// The desk finds out by itself what keeps an account back.
func TestTheDeskKnowsWhatWaits(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	codes := func() (out []string) {
		for _, a := range w.May(w.Get(id)).Of(ingest.Reply) {
			out = append(out, a.Code)
		}
		return out
	}
	if got := codes(); len(got) != 1 || got[0] != "" {
		t.Fatalf("a plain case: %q", got)
	}
	for i := range 50 {
		other := w.Open("other" + string(rune('A'+i)))
		w.Answer(other)
		w.Wait(time.Minute)
		w.Step()
	}
	if got := codes(); len(got) != 1 || got[0] != respond.CodeFull {
		t.Errorf("after 50 replies: %q", got)
	}
	w.Wait(25 * time.Hour)
	if got := codes(); got[0] != "" {
		t.Errorf("a day later: %q", got)
	}
}

// At night a reply waits, unless something is to be hidden: who decides is told both,
// for she has not decided yet.
func TestWhatIsSaidAtNight(t *testing.T) {
	f := plainly(time.Date(2026, 9, 1, 23, 0, 0, 0, time.UTC))
	f.Waits.Quiet = f.Now.Add(8 * time.Hour)
	f.Case.Suggestion = &respond.Suggestion{Hide: "identifier"}
	if a := respond.May(f).Of(ingest.Reply)[0]; a.Code != respond.CodeQuiet || !strings.Contains(a.Why, "from Wed 07:00 on, but at once where the comment is to be hidden") {
		t.Errorf("%+v", a)
	}
	f.Case.Comment.CanHide = false
	if a := respond.May(f).Of(ingest.Reply)[0]; a.Code != respond.CodeQuiet || strings.Contains(a.Why, "hidden") {
		t.Errorf("where nothing can be hidden: %+v", a)
	}
	f.Case.Comment.PrivateUntil = f.Now.Add(time.Hour)
	for _, a := range respond.May(f).Of(ingest.Private) {
		if a.Code == respond.CodeQuiet {
			t.Error("a private message whose time is over by then does not wait")
		}
	}
}
