package wordpress

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"triage/internal/ingest"
)

// exchange is one request to a real WordPress, as somebody else recorded it.
type exchange struct {
	Name, Method, Path string
	Status             int
	Headers            map[string]string
	Body               json.RawMessage
}

// recorded are the recordings beside the checkout, by name.
func recorded(t *testing.T) map[string]exchange {
	t.Helper()
	raw, err := os.ReadFile("../../../../shared/data/truth/wordpress-recorded.json")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("skipped 1 comparison with a recorded WordPress: %v", err)
	}
	var all struct{ Exchanges []exchange }
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]exchange{}
	for _, x := range all.Exchanges {
		out[x.Name] = x
	}
	if len(out) < 50 {
		t.Fatalf("only %d recordings", len(out))
	}
	return out
}

// replay answers as recorded, wherever we ask.
func (x exchange) replay(w http.ResponseWriter) {
	for name, value := range x.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(x.Status)
	_, _ = w.Write(x.Body)
}

// Every refusal that was recorded has a code we know, and the HTTP status that
// it says.
func TestRecordedRefusals(t *testing.T) {
	n := 0
	for name, x := range recorded(t) {
		if x.Status < 400 {
			continue
		}
		n++
		o := objectOf(x.Body)
		f := failureOf(o)
		if !f.json || f.code == "" || o.object("data").text("status") != fmt.Sprint(x.Status) {
			t.Errorf("%s: %d reads as %+v", name, x.Status, f)
		}
		switch kind := judge(f, x.Status).kind; {
		case x.Status == http.StatusUnauthorized && kind != ingest.Dead,
			x.Status == http.StatusForbidden && strings.Contains(f.code, "forbidden") && kind != ingest.Forbidden:
			t.Errorf("%s: %d %s is %s", name, x.Status, f.code, kind)
		}
	}
	if n < 25 {
		t.Errorf("only %d refusals", n)
	}
}

// Every comment that was recorded is read whole, and says the same as it is
// shown.
func TestRecordedComments(t *testing.T) {
	c := standIn(t, nil).Client
	straight := strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'", "…", "...", "–", "--", "\n", " ", "🙂", ":)")
	whole := 0
	for name, x := range recorded(t) {
		items, _ := listOf(x.Body)
		if o := objectOf(x.Body); o.has("author_name") {
			items = append(items, x.Body)
		}
		if x.Status > 299 || strings.Contains(x.Path, "users") {
			continue
		}
		for _, o := range objects(items) {
			if o.id("id") == "" || !o.has("content") {
				if !strings.Contains(x.Path, "_fields=") {
					t.Errorf("%s: an item that reads as nothing", name)
				}
				continue
			}
			whole++
			got := c.comment(o, user{id: "1"})
			if got.Content.Item == "" || got.Created.IsZero() || got.Content.Post == "" || got.Content.Link == "" || got.Content.Text == "" {
				t.Errorf("%s: %+v", name, got)
			}
			if got.Own != (o.text("author") == "1") || got.Hidden == (o.text("status") == approved) && o.has("status") {
				t.Errorf("%s: %+v", name, got)
			}
			shown, typed := o.object("content"), object{"content": []byte(`{"raw":` + string(o.object("content")["raw"]) + `}`)}
			delete(shown, "raw")
			raw, _ := json.Marshal(shown)
			if a, b := typed.html("content").text, (object{"content": raw}).html("content").text; o.object("content").has("raw") &&
				straight.Replace(unspace(a)) != straight.Replace(unspace(b)) {
				t.Errorf("%s: a comment reads as %q where it was typed and %q where it is shown", name, a, b)
			}
		}
	}
	if whole < 19 {
		t.Errorf("only %d comments", whole)
	}
}

// What we do is answered as a real WordPress answered the same.
func TestRecordedAnswers(t *testing.T) {
	all := recorded(t)
	for _, c := range []struct {
		kind   ingest.ActionKind
		answer string // the recording of the answer to the write
		want   ingest.Outcome
	}{
		{ingest.Reply, "create reply admin", ingest.Outcome{Result: ingest.Done}},
		{ingest.Reply, "create reply duplicate", ingest.Outcome{Result: ingest.Unclear, Code: "comment_duplicate"}},
		{ingest.Reply, "create subscriber flood", ingest.Outcome{Result: ingest.Later, Code: "comment_flood", After: floodWait}},
		{ingest.Reply, "create closed", ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_closed"}},
		{ingest.Reply, "create draft", ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_draft_post"}},
		{ingest.Reply, "create too long", ingest.Outcome{Result: ingest.Refused, Code: "comment_content_column_length"}},
		{ingest.Reply, "create anonymous", ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_login_required", StopPosting: true}},
		{ingest.Hide, "hide", ingest.Outcome{Result: ingest.Done}},
		{ingest.Hide, "unknown status ignored", ingest.Outcome{Result: ingest.Refused}},
		{ingest.Hide, "hide by author role", ingest.Outcome{Result: ingest.Refused, Code: "rest_cannot_edit"}},
		{ingest.Hide, "update deleted", ingest.Outcome{Result: ingest.Refused, Code: "rest_comment_invalid_id"}},
		{ingest.TakeDown, "trash", ingest.Outcome{Result: ingest.Done}},
		{ingest.TakeDown, "force delete", ingest.Outcome{Result: ingest.Done}},
		{ingest.TakeDown, "trash again", ingest.Outcome{Result: ingest.Done, Code: "rest_already_trashed"}},
		{ingest.TakeDown, "delete deleted", ingest.Outcome{Result: ingest.Done, Code: "rest_comment_invalid_id"}},
	} {
		item := objectOf(all[c.answer].Body).id("id")
		if c.kind == ingest.Reply && item != "" {
			item = objectOf(all[c.answer].Body).id("parent")
		}
		if item == "" {
			item = "7"
		}
		r := standIn(t, func(w http.ResponseWriter, req *http.Request) {
			switch {
			case req.Method != http.MethodGet:
				all[c.answer].replay(w)
			case strings.Contains(req.URL.Path, "users/me"):
				_, _ = w.Write([]byte(`{"id":1,"capabilities":{"moderate_comments":true}}`))
			default: // the comment that is acted on
				_, _ = fmt.Fprintf(w, `{"id":%s,"post":4,"status":"approved","author":1,"author_ip":"203.0.113.9","author_user_agent":"x"}`, item)
			}
		})
		r.root = &root{at: *r.Client.site}
		out := r.act(c.kind, item, "Please call us.")
		out.Item, out.Why = "", ""
		if out != c.want || len(r.writes()) != 1 {
			t.Errorf("%s: %+v, want %+v", c.answer, out, c.want)
		}
	}
}

// The end of a list is told as it was recorded.
func TestRecordedPages(t *testing.T) {
	all := recorded(t)
	for name, want := range map[string]page{
		"list edit admin": {pages: 3, total: 8}, "list past end": {pages: 3, total: 7}, "list status hold author short page": {pages: 1, total: 1},
	} {
		r := standIn(t, func(w http.ResponseWriter, _ *http.Request) { all[name].replay(w) })
		r.root = &root{at: *r.Client.site}
		got, err := r.page(t.Context(), nil)
		if err != nil || got.pages != want.pages || got.total != want.total {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	ids := []string{}
	r := standIn(t, func(w http.ResponseWriter, req *http.Request) {
		all[map[string]string{"1": "list edit admin", "2": "list edit admin page 2", "3": "list past end"}[req.URL.Query().Get("page")]].replay(w)
	})
	r.root = &root{at: *r.Client.site}
	err := r.walk(t.Context(), list{size: 3}, func(_ context.Context, _ list, items []object) (bool, error) {
		for _, o := range items {
			ids = append(ids, o.id("id"))
		}
		return false, nil
	})
	if err != nil || !slices.Equal(slices.Compact(ids), ids) || len(ids) < 6 {
		t.Errorf("walked %v, %v", ids, err)
	}
}
