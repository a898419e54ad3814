package respond_test

import (
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// lonely is a world whose possible and clear cases go out by themselves.
func lonely(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.Live.Automatic = map[respond.Lane]bool{respond.LanePossible: true, respond.LaneClear: true}
	return w
}

// comes takes a comment of an author under a post as the classifier would give it.
func (w *world) comes(item string, change ...func(*classify.Verdict)) string {
	w.T.Helper()
	if w.Authors[item] == "" {
		w.Authors[item] = "author-" + item
	}
	v := classify.Verdict{Comment: w.Comment(item, "Do you treat that?"),
		Judgement: classify.Judgement{Judged: true, Level: classify.Possible, Ask: classify.AsksPractice, Lang: "en", Score: 0.1}}
	v.Comment.Created = w.Clock.Add(-time.Minute)
	for _, f := range change {
		f(&v)
	}
	w.Must(w.Take(w.T.Context(), []classify.Verdict{v}))
	return v.Comment.ID
}

func TestAutomatic(t *testing.T) {
	w := lonely(t)
	id := w.comes("c1")
	w.Stands(id, respond.Approved, "automatic")
	if a := w.Get(id).Actions[0]; a.By != respond.Machine || a.Kind != ingest.Reply || !a.Due.Equal(w.Clock.Add(w.Live.Window)) {
		t.Fatalf("%+v", a)
	}
	for _, e := range w.Get(id).History {
		if e.Decides() {
			t.Errorf("%+v counts as a person's decision", e)
		}
	}
	if w.Get(id).Label != nil {
		t.Error("nobody said what it is, and it is labelled")
	}
	w.Wait(time.Minute)
	w.Step()
	w.Stands(id, respond.Sent)
	if w.Plat.Replies() != 1 {
		t.Fatalf("%d replies", w.Plat.Replies())
	}
	clearly := w.comes("c2", func(v *classify.Verdict) { v.Level, v.Subject, v.Score = classify.Clear, classify.Self, 0.97 })
	if kinds := len(w.Get(clearly).Actions); kinds != 2 {
		t.Errorf("a clear case has %d actions, want the reply and the private message beside it", kinds)
	}
	again := w.comes("c2", func(v *classify.Verdict) { v.Comment.Edit = 1 })
	w.Stands(again, respond.Waiting, "withdrawn")
}

func TestAutomaticIsUndoneByAnybody(t *testing.T) {
	w := lonely(t)
	id := w.comes("c1")
	_, err := w.Undo(t.Context(), id, "marta")
	w.Must(err)
	w.Wait(time.Hour)
	w.Step()
	w.Stands(id, respond.Waiting, "undone")
	if w.Plat.Replies() != 0 {
		t.Error("it went out")
	}
}

// TestAutomaticLeavesDoubtToPeople: one fact that is doubtful, and nothing goes out.
func TestAutomaticLeavesDoubtToPeople(t *testing.T) {
	at := func(level classify.Level, score float64) func(*world, *classify.Verdict) {
		return func(_ *world, v *classify.Verdict) { v.Level, v.Subject, v.Score = level, classify.Self, score }
	}
	for name, doubt := range map[string]func(*world, *classify.Verdict){
		"another lane":             func(w *world, _ *classify.Verdict) { w.Live.Automatic = map[respond.Lane]bool{respond.LaneClear: true} },
		"switched off":             func(w *world, _ *classify.Verdict) { w.Live.Automatic = nil },
		"shadow":                   func(w *world, _ *classify.Verdict) { w.Live.Shadow = true },
		"edited":                   func(_ *world, v *classify.Verdict) { v.Comment.Edit = 1 },
		"a picture":                func(_ *world, v *classify.Verdict) { v.Comment.Media = true },
		"cut":                      func(_ *world, v *classify.Verdict) { v.Comment.Truncated = true },
		"hidden":                   func(_ *world, v *classify.Verdict) { v.Comment.Hidden = true },
		"not to be judged":         func(_ *world, v *classify.Verdict) { v.Comment.Unjudged = true },
		"not summoned":             func(_ *world, v *classify.Verdict) { v.Comment.NoReply = true },
		"old":                      func(w *world, v *classify.Verdict) { v.Comment.Created = w.Clock.Add(-25 * time.Hour) },
		"of no known age":          func(_ *world, v *classify.Verdict) { v.Comment.Created = time.Time{} },
		"perhaps clear":            at(classify.Possible, 0.6),
		"not surely clear":         at(classify.Clear, 0.8),
		"urgent, the lane allowed": func(w *world, v *classify.Verdict) { v.Urgent, w.Live.Automatic[respond.LaneUrgent] = true, true },
		"an identifier": func(w *world, v *classify.Verdict) {
			v.Identifier, w.Live.Automatic[respond.LaneIdentifier] = true, true
		},
		"somebody else's": func(w *world, v *classify.Verdict) {
			v.Level, v.Subject, v.Score, w.Live.Automatic[respond.LaneOther] = classify.Clear, classify.Family, 0.99, true
		},
		"in a language without wordings": func(_ *world, v *classify.Verdict) { v.Lang = "xx" },
		"the platform asked for peace": func(w *world, _ *classify.Verdict) {
			w.Live.Shadow = true
			other := w.Open("other")
			w.Live.Shadow = false
			_, err := w.Change(w.T.Context(), other, func(c *respond.Case) error { c.Paused = w.Clock.Add(time.Hour); return nil })
			w.Must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := lonely(t)
			id := w.comes("c1", func(v *classify.Verdict) { doubt(w, v) })
			w.Stands(id, respond.Waiting)
			w.Wait(time.Hour)
			w.Step()
			if w.Plat.Replies() != 0 {
				t.Error("something went out")
			}
		})
	}
	w := lonely(t)
	w.Stands(w.comes("c1"), respond.Approved) // without any doubt
}

// One automatic reply per person and thread, found by the sealed authors.
func TestAutomaticOncePerPersonAndThread(t *testing.T) {
	post := func(item, post, author string) func(*world) {
		return func(w *world) { w.Posts[item], w.Authors[item] = post, author }
	}
	for name, tt := range map[string]struct {
		second func(*world)
		want   respond.State
	}{
		"the same person again":           {post("c2", "p1", "pat"), respond.Waiting},
		"another person":                  {post("c2", "p1", "sam"), respond.Approved},
		"the same person, another thread": {post("c2", "p2", "pat"), respond.Approved},
		"whose first words were erased":   {func(w *world) { post("c2", "p1", "sam")(w); w.Words.EraseAll() }, respond.Waiting},
	} {
		t.Run(name, func(t *testing.T) {
			w := lonely(t)
			post("c1", "p1", "pat")(w)
			w.Stands(w.comes("c1"), respond.Approved)
			tt.second(w)
			w.Stands(w.comes("c2"), tt.want)
		})
	}
	t.Run("both in one batch", func(t *testing.T) {
		w := lonely(t)
		var batch []classify.Verdict
		for _, item := range []string{"c1", "c2"} {
			post(item, "p1", "pat")(w)
			v := classify.Verdict{Comment: w.Comment(item, "Do you treat that?"),
				Judgement: classify.Judgement{Judged: true, Level: classify.Possible, Ask: classify.AsksPractice, Lang: "en"}}
			v.Comment.Created = w.Clock
			batch = append(batch, v)
		}
		w.Must(w.Take(t.Context(), batch))
		w.Stands(batch[0].Comment.ID, respond.Approved)
		w.Stands(batch[1].Comment.ID, respond.Waiting)
	})
}

// A person of the practice answered in the same batch: nothing goes out.
func TestAutomaticAfterAPersonAnswered(t *testing.T) {
	w := lonely(t)
	v := classify.Verdict{Comment: w.Comment("c1", "Do you treat that?"),
		Judgement: classify.Judgement{Judged: true, Level: classify.Possible, Ask: classify.AsksPractice, Lang: "en"}}
	v.Comment.Created = w.Clock
	w.Must(w.Take(t.Context(), []classify.Verdict{v, {Comment: w.Own("r1", "c1", "Thank you for asking. Please call our office at (503) 555-0142.")}}))
	if w.Stored.Count() != 0 {
		t.Error("a case was opened, perhaps answered")
	}
}

func TestWhichLanesMayBeAutomatic(t *testing.T) {
	for _, l := range respond.Lanes {
		err := l.Automates()
		if may := l == respond.LanePossible || l == respond.LaneClear; may != (err == nil) {
			t.Errorf("%s: %v", l, err)
		}
		if err != nil && (!strings.Contains(err.Error(), string(l)) || !strings.Contains(err.Error(), "person")) {
			t.Errorf("%s: %v does not say why", l, err)
		}
	}
	if err := respond.Lane("loud").Automates(); err == nil || !strings.Contains(err.Error(), "is no lane") {
		t.Error(err)
	}
	if r := (respond.Rules{Automatic: map[respond.Lane]bool{respond.LaneClear: true}}); r.OffFor(&respond.Case{Lane: respond.LaneClear}, respond.Action{By: respond.Machine}) ||
		!r.OffFor(&respond.Case{Lane: respond.LanePossible}, respond.Action{By: respond.Machine}) || r.OffFor(&respond.Case{Lane: respond.LanePossible}, respond.Action{By: "marta"}) {
		t.Error("what nobody approved goes out after its lane was switched off, or the other way round")
	}
}

// Two processes approved at the same moment: the second reply is withdrawn before it
// goes out.
func TestAutomaticOnceWhereTwoApproved(t *testing.T) {
	w := lonely(t)
	for _, item := range []string{"c1", "c2"} {
		w.Posts[item], w.Authors[item] = "p1", "pat"
	}
	one := w.comes("c1")
	_, err := w.Change(t.Context(), one, func(c *respond.Case) error { c.Comment.Thread = "elsewhere"; return nil })
	w.Must(err)
	two := w.comes("c2")
	w.Stands(two, respond.Approved)
	_, err = w.Change(t.Context(), one, func(c *respond.Case) error { c.Comment.Thread = w.Get(two).Comment.Thread; return nil })
	w.Must(err)
	w.Wait(time.Minute)
	w.Step()
	w.Step()
	if n := w.Plat.Replies(); n != 1 {
		t.Fatalf("%d replies", n)
	}
	if !w.Get(one).Open() && !w.Get(two).Open() {
		t.Error("nobody is asked about the second one")
	}
}

// A lane that is switched off: what waits in it is withdrawn for a person to look at.
func TestAutomaticSwitchedOff(t *testing.T) {
	w := lonely(t)
	id := w.comes("c1")
	w.Live.Automatic = map[respond.Lane]bool{respond.LaneClear: true}
	w.Step() // at once, not when it would be due
	w.Stands(id, respond.Withdrawn)
	if a := w.Get(id).Actions[0]; !strings.Contains(a.Why, "does not go out by itself any more") || !w.Get(id).Open() {
		t.Errorf("%+v", a)
	}
}

// Somebody says that the comment is something else than what the reply was for: what
// nobody approved waits for a person then.
func TestAutomaticEndsWhereSomebodyDoubts(t *testing.T) {
	for name, tt := range map[string]struct {
		label respond.Label
		want  respond.State
	}{
		"urgent":        {respond.Label{Level: classify.Possible, Urgent: true}, respond.Withdrawn},
		"an identifier": {respond.Label{Level: classify.Possible, Identifier: true}, respond.Withdrawn},
		"none":          {respond.Label{Level: classify.None}, respond.Withdrawn},
		"as judged":     {respond.Label{Level: classify.Possible}, respond.Approved},
	} {
		t.Run(name, func(t *testing.T) {
			w := lonely(t)
			id := w.comes("c1")
			_, err := w.Label(t.Context(), id, tt.label, respond.Entry{By: "marta"})
			w.Must(err)
			w.Stands(id, tt.want, "labelled")
			if c := w.Get(id); c.Open() != (tt.want == respond.Withdrawn) {
				t.Errorf("open %v", c.Open())
			}
		})
	}
	w := newWorld(t) // what a person approved is hers
	id := w.Open("c1")
	w.Answer(id)
	_, err := w.Label(t.Context(), id, respond.Label{Level: classify.None}, respond.Entry{By: "marta"})
	w.Must(err)
	w.Stands(id, respond.Approved)
}
