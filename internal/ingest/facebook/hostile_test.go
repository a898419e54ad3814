package facebook

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/ingest/graph"
	"triage/internal/sandbox"
)

func count(n int) zap.Field { return zap.Int("count", n) }

// Bodies that are no answer of Facebook's: nothing is read from them, and what
// was written stays unclear.
func TestHostileBodies(t *testing.T) {
	bodies := map[string]string{
		"true": `true`, "null": `null`, "empty": ``, "html": `<html>502</html>`, "truncated": `{"id":"1_2","mess`,
		"trailing": `{"id":"1_2"} garbage`, "list": `[]`, "text": `"ok"`, "object": `{}`, "nested": strings.Repeat(`{"a":`, 20000),
	}
	for name, body := range bodies {
		r := start(t)
		r.says(200, body)
		if _, err := r.Observe(t.Context(), "1_1"); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: observed with %v", name, err)
		}
		if _, err := r.sweep(); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: swept with %v", name, err)
		}
		if _, err := r.peek(nil); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: peeked with %v", name, err)
		}
		for _, kind := range r.Capabilities().Actions {
			if out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: "1_1", Text: "x"}); out.Result != ingest.Unclear || out.Why == "" {
				t.Errorf("%s: %s gave %+v", name, kind, out)
			}
			r.says(502, body)
			if out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: "1_1", Text: "x"}); out.Result != ingest.Unclear {
				t.Errorf("%s with 502: %s gave %+v", name, kind, out)
			}
			r.says(200, body)
		}
	}
}

// An empty page with a next one is not the end, in the sandbox too.
func TestEmptyPagesAreReadOver(t *testing.T) {
	r := start(t)
	var made []string
	for range 60 {
		made = append(made, r.add(sandbox.Comment{Text: "x"}))
	}
	for _, id := range made[:50] {
		r.control("DELETE", "/comments/"+id, nil)
	}
	if found := r.mustSweep(); len(found) != 10 {
		t.Errorf("found %d of 10", len(found))
	}
}

// The address of the next page is never asked, wherever it leads.
func TestNextLeadsAway(t *testing.T) {
	stolen := make(chan string, 10)
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { stolen <- req.URL.String() }))
	defer thief.Close()
	r := start(t)
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		page := `{"data":[{"id":"1_1","created_time":"2026-09-01T10:00:00+0000","comments":{"data":[{"id":"1_2"}]}}],"paging":{"cursors":{"after":"A"},"next":"` +
			thief.URL + `/?access_token=x&after=A"}}`
		if req.URL.Query().Get("after") == "A" {
			page = `{"data":[{"id":"2_1","comments":{"data":[{"id":"2_2"}]}}],"paging":{"cursors":{"after":"B"}}}`
		}
		_, _ = w.Write([]byte(page))
	}
	if found := r.mustSweep(); len(found) != 2 || len(stolen) != 0 {
		t.Errorf("found %d, the other host saw %d requests", len(found), len(stolen))
	}
}

func FuzzComments(f *testing.F) {
	f.Add([]byte(`{"id":"1","from":{"id":"2","name":"x"},"created_time":"2026-09-01T10:00:00+0000","can_reply_privately":"true","parent":{"id":1}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c, ok := (&Client{}).comment(body, graph.ObjectOf(body))
		if ok != (c.Content.Item != "") {
			t.Errorf("%v with item %q", ok, c.Content.Item)
		}
	})
}
