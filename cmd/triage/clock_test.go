package main

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/ingest/facebook"
	"triage/internal/respond"
	"triage/internal/respond/send"
	"triage/internal/sandbox"
	"triage/internal/store"
)

// clocked is the stages in one process, over a real store and a sandbox, by a
// clock that the test sets.
type clocked struct {
	t      *testing.T
	clock  time.Time
	box    *sandbox.Server
	poller *ingest.Poller
	desk   *respond.Desk
	sender *send.Sender
}

// atOncer judges and opens cases as comments come.
type atOncer struct {
	to   store.Comments
	desk *respond.Desk
}

func (a atOncer) Publish(ctx context.Context, batch []ingest.Comment) error {
	if err := a.to.Publish(ctx, batch); err != nil {
		return err
	}
	var out []classify.Verdict
	for _, c := range batch {
		v := classify.Verdict{Comment: c, Judgement: classify.Judgement{Judged: true, Level: classify.Clear, Subject: classify.Self, Lang: "en"}}
		if c.Own {
			v.Judgement = classify.Judgement{WhyNot: classify.NotOwn}
		}
		out = append(out, v)
	}
	return a.desk.Take(ctx, out)
}

func newClocked(t *testing.T) *clocked {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	w := &clocked{t: t, clock: time.Now()}
	now := func() time.Time { return w.clock }
	var err error
	w.box, err = sandbox.New(sandbox.Options{})
	must(err)
	server := httptest.NewServer(w.box)
	t.Cleanup(server.Close)
	cfg := defaults()
	cfg.Data.Dir = t.TempDir()
	cfg.accountDefaults()
	st := opening(t, cfg)
	practice := respond.Practice{Name: "Cedar Family Practice", Phone: "(503) 555-0142"}
	gate, err := respond.NewGate(practice.GateOptions())
	must(err)
	drafter, err := respond.NewDrafter(practice, nil, gate)
	must(err)
	client, err := facebook.New(facebook.Config{Page: sandbox.PageID, Token: sandbox.PageToken, BaseURL: server.URL},
		facebook.Options{Log: zap.NewNop(), Account: "facebook"})
	must(err)
	w.desk = &respond.Desk{Newest: st.Comments.Newest, Cases: st.Cases, Texts: st.Texts, Drafter: drafter, Gate: gate, Names: st.names, Log: zap.NewNop(), Now: now,
		Rules:    func() respond.Rules { return respond.Rules{Window: time.Minute, ReadBack: time.Minute, DailyCap: 10} },
		Accounts: map[string]respond.Account{"facebook": {Actor: client, Lang: "en"}}}
	w.sender = &send.Sender{Desk: w.desk, Log: zap.NewNop()}
	w.poller = &ingest.Poller{Platform: "facebook", Account: "facebook", Source: client, Names: st.names, Keep: st.Texts,
		Sink: atOncer{st.Comments, w.desk}, Marks: st.Marks, Every: time.Minute, Log: zap.NewNop(), Now: now}
	return w
}

// comment writes one on the platform, whose clock is its own, and returns the
// id of its case once the service swept.
func (w *clocked) comment(text string) string {
	w.t.Helper()
	item, err := w.box.Add(sandbox.Comment{Platform: "facebook", Text: text})
	if err != nil {
		w.t.Fatal(err)
	}
	w.sweep()
	id := w.desk.Names.ID("facebook", "facebook", item)
	if _, err := w.desk.Cases.Get(w.t.Context(), id); err != nil {
		w.t.Fatalf("%q at %v has no case: %v", text, w.clock, err)
	}
	return id
}

func (w *clocked) sweep() {
	w.t.Helper()
	if _, err := w.poller.Sweep(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *clocked) approve(id string) {
	w.t.Helper()
	_, err := w.desk.Approve(w.t.Context(), respond.Decision{Case: id, By: "marta",
		Reply: "Thank you for reaching out. To protect everyone's privacy we keep personal matters off this page. Please call our office at (503) 555-0142."})
	if err != nil {
		w.t.Fatal(err)
	}
}

// replies lets the sender act after d and counts the replies to each comment.
func (w *clocked) replies(d time.Duration) (n []int) {
	w.t.Helper()
	w.clock = w.clock.Add(d)
	w.sender.Step(w.t.Context())
	w.sweep()
	for _, c := range w.box.State().Comments {
		n = append(n, len(c.Replies))
	}
	return n
}

// A clock that is set back loses no comment, sends nothing twice, nothing
// before its undo window is over, and nothing never.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	w := newClocked(t)
	want := func(when string, got []int, want ...int) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %d comments, want %d", when, len(got), len(want))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: comment %d has %d replies, want %d", when, i, got[i], want[i])
			}
		}
	}
	first := w.comment("My rash is back")
	w.clock = w.clock.Add(-48 * time.Hour)
	second := w.comment("My knee hurts since the surgery")
	w.approve(first)
	want("in the undo window", w.replies(59*time.Second), 0, 0)
	want("after it", w.replies(time.Second), 1, 0)
	want("a day back", w.replies(-24*time.Hour), 1, 0)

	w.approve(second)
	want("an hour back while it waits", w.replies(-time.Hour), 1, 0)
	want("later", w.replies(time.Hour+time.Minute), 1, 1)
	want("a week back", w.replies(-7*24*time.Hour), 1, 1)
	w.comment("One more, a week back")
	want("a year on", w.replies(365*24*time.Hour), 1, 1, 0)
	for _, id := range []string{first, second} {
		if c, err := w.desk.Cases.Get(t.Context(), id); err != nil || c.State() != respond.Sent {
			t.Errorf("case %s is %s, %v", id, c.State(), err)
		}
	}
}
