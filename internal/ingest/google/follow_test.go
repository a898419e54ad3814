package google

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// The review's own time does not move when Google decides about the reply.
func TestRepliesAreFollowed(t *testing.T) {
	g := open(t)
	old := g.add("old", "words", 300*24*time.Hour)
	g.mustSweep(time.Time{})
	out := g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: old, Text: "Please call us."})
	if out.Result != ingest.Done || out.Standing != ingest.Pending || out.Item != old+"/reply" {
		t.Fatalf("%+v", out)
	}
	sweep := func() (ingest.Comment, int) {
		t.Helper()
		g.requests()
		found := map[string]ingest.Comment{}
		g.mu.Lock()
		g.fullAt = g.clock
		g.mu.Unlock()
		_, err := g.Sweep(t.Context(), ingest.Mark{Time: g.now()}, into(found))
		if err != nil {
			t.Fatal(err)
		}
		return found[old+"/reply"], len(g.requests())
	}
	for i := range 60 { // the page that each sweep reads
		g.add(fmt.Sprint("r", i), "words", 20*24*time.Hour)
	}
	if _, calls := sweep(); calls != 1 {
		t.Errorf("looked again at once: %d calls", calls)
	}
	g.pass(time.Hour)
	if c, calls := sweep(); calls != 2 || c.Standing != ingest.Pending {
		t.Errorf("%d calls, %+v", calls, c)
	}
	g.change("old", func(r entry) { r["reviewReply"].(entry)["reviewReplyState"] = "REJECTED" })
	g.pass(time.Hour)
	if c, calls := sweep(); calls != 2 || c.Standing != ingest.Rejected || !c.Own {
		t.Errorf("%d calls, %+v", calls, c)
	}
	g.pass(time.Hour)
	if _, calls := sweep(); calls != 1 {
		t.Errorf("still follows what is decided: %d calls", calls)
	}
	g.change("old", func(r entry) { r["reviewReply"].(entry)["reviewReplyState"] = "PENDING" })
	if _, err := g.Observe(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	g.track("old", ingest.Comment{Created: g.now(), Standing: ingest.Pending}, true)
	g.pass(15 * 24 * time.Hour)
	if _, calls := sweep(); calls != 1 {
		t.Errorf("follows for ever: %d calls", calls)
	}
}

func TestOnePendingReplyHoldsUpNothing(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		body   string
		bad    bool
	}{
		"gone": {404, `{"error":{"status":"NOT_FOUND"}}`, false}, "refused": {400, `{"error":{"status":"INVALID_ARGUMENT"}}`, false},
		"another": {200, `{"reviewId":"other"}`, false}, "trouble": {503, ``, true}, "too many": {429, ``, true},
	} {
		g := open(t)
		g.mustSweep(time.Time{})
		g.track("p", ingest.Comment{Created: g.now(), Standing: ingest.Pending}, true)
		g.pass(time.Hour)
		g.answer = func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/reviews/p") {
				w.WriteHeader(answer.status)
				_, _ = w.Write([]byte(answer.body))
				return
			}
			g.serve(w, r, nil)
		}
		_, err := g.sweep(start)
		if (err != nil) != answer.bad || len(g.pending) == 1 != answer.bad {
			t.Errorf("%s: %v, %d still followed", name, err, len(g.pending))
		}
	}
}

func TestTheMarkMovesOnlyAfterAll(t *testing.T) {
	g := open(t)
	g.add("a", "words", time.Hour)
	full := errors.New("full")
	mark, err := g.Sweep(t.Context(), ingest.Mark{Time: start.Add(-time.Hour)}, func(context.Context, []ingest.Comment) error { return full })
	if !errors.Is(err, full) || !mark.Time.Equal(start.Add(-time.Hour)) {
		t.Errorf("%v, %v", mark.Time, err)
	}
	if mark, err = g.Sweep(t.Context(), mark, into(map[string]ingest.Comment{})); err != nil || !mark.Time.Equal(start) {
		t.Errorf("%v, %v", mark.Time, err)
	}
}
