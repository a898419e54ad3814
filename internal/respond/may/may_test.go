package may_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond/may"
)

// reasonRow is one reason why something may not be done, or what is to be known
// before: what makes it hold, of which kind of action, and what is said.
type reasonRow struct {
	kind  ingest.ActionKind
	make  func(f *may.Facts)
	may   bool
	code  string
	says  string
	until time.Duration // from now; 0: no clock
}

// plainly is a comment of somebody else that everything may be done about.
func plainly(now time.Time) may.Facts {
	return may.Facts{
		Now: now, Window: time.Minute, Cap: 50,
		Can: ingest.Capabilities{Name: "Facebook", HideNote: "It stays visible to its author.",
			Actions: []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}},
		Comment: ingest.Comment{ID: "c1", CanHide: true, PrivateUntil: now.Add(6*24*time.Hour + 22*time.Hour)},
	}
}

func did(kind ingest.ActionKind) func(*may.Facts) {
	return func(f *may.Facts) { f.Done = append(f.Done, kind) }
}

func without(f *may.Facts) { f.Can = ingest.Capabilities{} }

var reasonRows = map[string]reasonRow{
	"nothing against it":           {kind: ingest.Reply, make: func(*may.Facts) {}, may: true},
	"answered from here":           {kind: ingest.Reply, make: did(ingest.Reply), code: may.CodeDone, says: "One public reply per comment, for ever"},
	"of the weekly sample":         {kind: ingest.Private, make: func(f *may.Facts) { f.Sampled = true }, code: may.CodeSample, says: "say first what it is"},
	"written to from here":         {kind: ingest.Private, make: did(ingest.Private), code: may.CodeDone, says: "One private message per comment"},
	"erased":                       {kind: ingest.Reply, make: func(f *may.Facts) { f.Erased = true }, code: may.CodeErased, says: "was erased"},
	"our own words":                {kind: ingest.Reply, make: func(f *may.Facts) { f.Comment.Own = true }, code: may.CodeOwn, says: "our own words"},
	"somebody else's words":        {kind: ingest.TakeDown, make: func(*may.Facts) {}, code: may.CodeNotOwn, says: "Only our own reply"},
	"answered by a person":         {kind: ingest.Reply, make: func(f *may.Facts) { f.Answered = true }, code: may.CodeAnswered, says: "Somebody of the practice answered"},
	"hidden from here":             {kind: ingest.Reply, make: did(ingest.Hide), code: may.CodeHidden, says: "would reach nobody"},
	"hidden already":               {kind: ingest.Hide, make: func(f *may.Facts) { f.Comment.Hidden = true }, code: may.CodeHidden, says: "hidden on the platform already"},
	"hidden when it was read":      {kind: ingest.Reply, make: func(f *may.Facts) { f.Comment.Hidden = true }, may: true, code: may.CodeHeld, says: "If it still is"},
	"the platform has no messages": {kind: ingest.Private, make: without, code: may.CodeNoPrivate, says: "The platform takes no private message"},
	"none to this comment":         {kind: ingest.Private, make: func(f *may.Facts) { f.Comment.PrivateUntil = time.Time{} }, code: may.CodeNoPrivate, says: "Facebook takes no private message to this comment"},
	"the window is over": {kind: ingest.Private, make: func(f *may.Facts) { f.Comment.PrivateUntil = f.Now.Add(-time.Hour) }, code: may.CodeClosed,
		says: "not possible any more: Facebook takes one for a limited time", until: -time.Hour},
	"the window is open":           {kind: ingest.Private, make: func(*may.Facts) {}, may: true, code: may.CodeWindow, says: "possible for 6 d 22 h, then Facebook closes it.", until: 166 * time.Hour},
	"this comment is not to hide":  {kind: ingest.Hide, make: func(f *may.Facts) { f.Comment.CanHide = false }, code: may.CodeNoHide, says: "Facebook does not let us hide this comment"},
	"the platform hides nothing":   {kind: ingest.Hide, make: func(f *may.Facts) { f.Comment.CanHide, f.Can.Actions = false, nil }, code: may.CodeNoHide, says: "It stays visible to its author."},
	"a program was not summoned":   {kind: ingest.Reply, make: func(f *may.Facts) { f.Comment.NoReply = true }, code: may.CodeNotSummoned, says: "copy the text and answer there yourself"},
	"no reply from here":           {kind: ingest.Reply, make: without, code: may.CodeNotHere, says: "do it by hand on the platform"},
	"no take-down from here":       {kind: ingest.TakeDown, make: func(f *may.Facts) { f.Comment.Own, f.Can.Actions = true, nil }, code: may.CodeNotHere, says: "by hand"},
	"posting is off":               {kind: ingest.Reply, make: func(f *may.Facts) { f.Shadow = true }, may: true, code: may.CodeShadow, says: "nothing goes out"},
	"the platform asked for peace": {kind: ingest.Hide, make: func(f *may.Facts) { f.Waits.Paused = f.Now.Add(time.Hour) }, may: true, code: may.CodePaused, says: "from 13:00 on", until: time.Hour},
	"the day is full":              {kind: ingest.Reply, make: func(f *may.Facts) { f.Waits.Full = f.Now.Add(20 * time.Hour) }, may: true, code: may.CodeFull, says: "limit of 50 in 24 hours is reached: what is approved goes out from Wed 08:00 on", until: 20 * time.Hour},
	"the thread is full":           {kind: ingest.Reply, make: func(f *may.Facts) { f.Waits.Crowded = f.Now.Add(time.Hour) }, may: true, code: may.CodeCrowded, says: "under this post", until: time.Hour},
	"it is night":                  {kind: ingest.Private, make: func(f *may.Facts) { f.Waits.Quiet = f.Now.Add(time.Hour) }, may: true, code: may.CodeQuiet, says: "quiet hour", until: time.Hour},
	"edited since":                 {kind: ingest.Reply, make: func(f *may.Facts) { f.Edited = true }, may: true, code: may.CodeEdited, says: "as it is now"},
	"not judged by its terms":      {kind: ingest.Reply, make: func(f *may.Facts) { f.Unjudged = true }, may: true, code: may.CodeNotRead, says: "The terms of Facebook"},
}

func TestMay(t *testing.T) {
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	for name, row := range reasonRows {
		t.Run(name, func(t *testing.T) {
			f := plainly(now)
			row.make(&f)
			all := may.About(f)
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
			all := may.About(f)
			for _, kind := range []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown} {
				of := all.Of(kind)
				if len(of) == 0 || !of[0].May && len(of) > 1 {
					t.Fatalf("%s and %s: %+v", one, two, of)
				}
				if slices.Contains(f.Done, kind) && all.May(kind) {
					t.Fatalf("%s and %s: %s may be done again", one, two, kind)
				}
			}
		}
	}
}

// At night a reply waits, unless something is to be hidden: who decides is told both,
// for she has not decided yet.
func TestWhatIsSaidAtNight(t *testing.T) {
	f := plainly(time.Date(2026, 9, 1, 23, 0, 0, 0, time.UTC))
	f.Waits.Quiet = f.Now.Add(8 * time.Hour)
	if a := may.About(f).Of(ingest.Reply)[0]; a.Code != may.CodeQuiet || !strings.Contains(a.Why, "from Wed 07:00 on, but at once where the comment is to be hidden") {
		t.Errorf("%+v", a)
	}
	f.Comment.CanHide = false
	if a := may.About(f).Of(ingest.Reply)[0]; a.Code != may.CodeQuiet || strings.Contains(a.Why, "hidden") {
		t.Errorf("where nothing can be hidden: %+v", a)
	}
	f.Comment.PrivateUntil = f.Now.Add(time.Hour)
	for _, a := range may.About(f).Of(ingest.Private) {
		if a.Code == may.CodeQuiet {
			t.Error("a private message whose time is over by then does not wait")
		}
	}
}
