package main

import (
	"context"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/settings"
)

// A change of settings is in force with the next batch, without a restart.
func TestClassifierFollowsTheSettings(t *testing.T) {
	cfg := defaults()
	cfg.Data.Dir = t.TempDir()
	cfg.Practice.Name, cfg.Practice.Phone = "Cedar Family Practice", "(503) 555-0142"
	cfg.Practice.Staff, cfg.Practice.Phones = []string{"Dr. Ana Ruiz"}, []string{"(503) 555-0100"}
	cfg.accountDefaults()
	st := opening(t, cfg)
	live, err := cfg.liveOf(st.Settings)
	if err != nil {
		t.Fatal(err)
	}
	c := &tuned{want: live.classifier}
	set := func(name, value string) {
		t.Helper()
		if err := st.Settings.Set(t.Context(), settings.Change{Name: name, Value: value, By: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	now := func() classifier {
		t.Helper()
		made, err := c.now()
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	identifies := func(text string) bool {
		var j classify.Judgement
		now().Classify(ingest.Comment{Content: ingest.Content{Text: text}}, &j)
		return j.Identifier
	}
	first := now()
	if now() != first {
		t.Error("it is made anew though nothing changed")
	}
	plain := first.Model()
	const ours, theirs = "Please call (503) 555-0100 about the invoice", "Please call (503) 555-0199 about the invoice"
	if identifies(ours) || !identifies(theirs) {
		t.Error("our own number identifies somebody, or another does not")
	}
	set("classify.own", "(503) 555-0199")
	if !identifies(ours) || identifies(theirs) {
		t.Error("the number that was set is not ours, or the old one still is")
	}
	if identifies("Call (503) 555-0142 for the office") {
		t.Error("the practice's own number was lost")
	}
	set("classify.staff", "Dr. Ana Ruiz; Marta Quill")
	set("classify.terms", "en procedure  CoolSculpting")
	if o := live.classifier(); len(o.Staff) != 2 || o.Staff[1] != "Marta Quill" || o.Terms[0] != (classify.Term{Lang: "en", Kind: classify.Procedure, Text: "CoolSculpting"}) {
		t.Errorf("asked for %+v", o)
	}
	withTerms := now().Model()
	set("classify.catch", "99")
	if m := now().Model(); withTerms == plain || m == withTerms || len(m) < len(plain) || m[:len(plain)] != plain {
		t.Errorf("named %q, %q and %q", plain, withTerms, m)
	}
}

// deaf is a classifier that must not be asked.
type deaf struct{ *testing.T }

func (d deaf) Classify(ingest.Comment, *classify.Judgement) {
	d.Error("the classifier was shown what must not be judged")
}
func (deaf) Model() string { return "deaf" }

// Where a platform's terms forbid it, nothing is inferred from a comment.
func TestWhatMustNotBeJudgedIsNotShownToTheClassifier(t *testing.T) {
	cfg := defaults()
	cfg.Data.Dir = t.TempDir()
	cfg.accountDefaults()
	st := opening(t, cfg)
	c := st.names.Name(ingest.Comment{Platform: "x", Account: "x", Unjudged: true,
		Content: ingest.Content{Item: "1", Text: "@cedar my rash is back"}}, time.Now())
	for _, err := range []error{st.Texts.Keep(t.Context(), []ingest.Comment{c}), st.Comments.Publish(t.Context(), []ingest.Comment{c})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	j := judge{classifier: deaf{t}, texts: st.Texts, sink: st.Verdicts, erased: st.Gone.Has, log: zap.NewNop(), now: time.Now}
	if err := j.handle(t.Context(), []ingest.Comment{c}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got classify.Verdict
	err := st.Verdicts.Consume(ctx, func(_ context.Context, batch []classify.Verdict) error {
		got = batch[0]
		cancel()
		return nil
	}, nil)
	if err != nil || got.Judged || got.WhyNot != classify.NotMode || got.Level != classify.None || len(got.Reasons)+len(got.Kinds) != 0 || got.Score != 0 {
		t.Errorf("judged as %+v, %v", got, err)
	}
}
