package outbound_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
	"triage/internal/respond/outbound"
)

// bad is a reply that says too much, good one that does not, and twins one that does
// only beside a comment that speaks of them.
const (
	bad   = "It was great seeing you at your visit, and we are glad that your surgery went well!"
	good  = "Thank you. Please call our office at (503) 555-0142."
	twins = "Thank you. Twins are wonderful! Please call our office."
)

// page is a platform with posts, comments and our replies, as one account sees it.
type page struct {
	t     *testing.T
	texts map[string]string
	// blind: the account may read nothing any more, and is told that all is gone.
	blind   bool
	healthy bool
	failing bool
	mute    map[string]bool // items of which no answer comes
	asked   int
	batches [][]ingest.Comment
	mark    ingest.Mark
	broken  error // after the batches
}

func (p *page) Observe(_ context.Context, item string) (ingest.Observation, error) {
	p.asked++
	text, there := p.texts[item]
	switch {
	case p.failing, p.mute[item]:
		return ingest.Observation{}, errors.New("no answer")
	case p.blind || !there:
		return ingest.Observation{Gone: true, Code: "100/33"}, nil
	}
	return ingest.Observation{Text: text}, nil
}

func (p *page) Check(context.Context) []ingest.Finding { return []ingest.Finding{{OK: p.healthy}} }

func (p *page) Sweep(ctx context.Context, mark ingest.Mark, emit ingest.Emit) (ingest.Mark, error) {
	p.mark = mark
	for _, b := range p.batches {
		if err := emit(ctx, b); err != nil {
			return mark, err
		}
	}
	return mark, p.broken
}

// world is a desk with that platform, and what was handed on and recorded.
type world struct {
	*desktest.World
	*page
	watch    *outbound.Watch
	handed   []ingest.Comment
	recorded []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: desktest.New(t), page: &page{t: t, texts: map[string]string{}, mute: map[string]bool{}, healthy: true}}
	w.begin()
	alone, beside := respond.Outgoing{Text: twins}, respond.Outgoing{Text: twins, Comment: "Dr. Ruiz delivered my twins in May"}
	if len(w.Gate.Check(alone)) > 0 || len(w.Gate.Check(beside)) == 0 {
		t.Fatal("the gate changed: these tests need a reply that it refuses only beside its comment")
	}
	return w
}

// begin makes the watch anew, as a restart does.
func (w *world) begin() {
	w.watch = &outbound.Watch{
		Desk: w.Desk, Accounts: map[string]ingest.Account{"cedar": w.page}, Log: zap.NewNop(),
		Hand: func(_ context.Context, batch []ingest.Comment) error {
			w.handed = append(w.handed, batch...)
			return nil
		},
		Record: func(_ context.Context, _, code, note string) error {
			w.recorded = append(w.recorded, code+" "+note)
			return nil
		},
	}
}

// published opens the case of a reply of ours below a comment of somebody else.
func (w *world) published(item, text string) (id string) {
	w.T.Helper()
	w.texts["c-"+item], w.texts[item] = "Dr. Ruiz delivered my twins in May", text
	own := w.Own(item, "c-"+item, text)
	opened, err := w.TakeOld(w.T.Context(), own, w.Gate.Check(respond.Outgoing{Text: text, Comment: "Dr. Ruiz delivered my twins in May"}))
	if err != nil || !opened {
		w.T.Fatalf("no case was opened: %v", err)
	}
	return own.ID
}

// look lets time pass and looks at what is due.
func (w *world) look(after time.Duration) {
	w.T.Helper()
	w.Wait(after)
	w.Must(w.watch.Look(w.T.Context()))
}

// all looks at everything.
func (w *world) all() error {
	_, err := w.watch.LookAll(w.T.Context())
	return err
}

// last is the newest entry of a case's history.
func (w *world) last(id string) respond.Entry {
	w.T.Helper()
	c := w.of(id)
	return c.History[len(c.History)-1]
}

func (w *world) of(id string) respond.Case {
	w.T.Helper()
	c, err := w.Cases.Get(w.T.Context(), id)
	w.Must(err)
	return c
}
