package facebook

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

func TestActionsHappen(t *testing.T) {
	r := start(t, func(c *Config) { c.AppSecret = sandbox.AppSecret })
	id := r.add(sandbox.Comment{Text: "my rash"})
	act := func(kind ingest.ActionKind, item string) ingest.Outcome {
		t.Helper()
		r.requests()
		out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: item, Text: "Please call us & ask: 100 %? ü 🩺"})
		if n := len(r.requests()); out.Result != ingest.Done || out.Why != "" || n != 1 {
			t.Fatalf("%s: %+v in %d requests", kind, out, n)
		}
		return out
	}
	reply := act(ingest.Reply, id)
	private := act(ingest.Private, id)
	act(ingest.Hide, id)
	c := r.state(id)
	if len(c.Replies) != 1 || c.Replies[0].ID != reply.Item || c.Replies[0].Text != "Please call us & ask: 100 %? ü 🩺" {
		t.Errorf("replies %+v", c.Replies)
	}
	if len(c.Private) != 1 || private.Item == "" || !c.Hidden {
		t.Errorf("private %+v, item %q, hidden %v", c.Private, private.Item, c.Hidden)
	}
	act(ingest.TakeDown, reply.Item)
	if c := r.state(id); len(c.Replies) != 0 {
		t.Error("the reply stands")
	}
	out := r.Act(t.Context(), ingest.Action{Kind: ingest.Private, Item: id, Text: "again"})
	if out.Result != ingest.Done || out.Code != "10900" || len(r.state(id).Private) != 1 {
		t.Errorf("second private reply: %+v", out)
	}
}

// The wire facts: what is asked, in the words of Meta's documentation.
func TestWritesOnTheWire(t *testing.T) {
	for kind, want := range map[ingest.ActionKind]string{
		ingest.Reply:    "POST /v26.0/1_2/comments format=json&message=hi",
		ingest.Private:  `POST /v26.0/` + sandbox.PageID + `/messages format=json&message={"text":"hi"}&messaging_type=RESPONSE&recipient={"comment_id":"1_2"}`,
		ingest.Hide:     "POST /v26.0/1_2 format=json&is_hidden=true",
		ingest.TakeDown: "POST /v26.0/1_2 format=json&method=DELETE",
	} {
		r := start(t)
		r.Act(t.Context(), ingest.Action{Kind: kind, Item: "1_2", Text: "hi"})
		form, _ := url.ParseQuery(r.body[0])
		plain, _ := url.QueryUnescape(form.Encode())
		if got := r.seen[0] + " " + plain; got != want || len(r.seen) != 1 {
			t.Errorf("%s:\ngot  %s\nwant %s", kind, got, want)
		}
	}
}

func TestNothingToDoIsNotSent(t *testing.T) {
	r := start(t)
	for _, a := range []ingest.Action{{Kind: ingest.Reply, Item: "1_2"}, {Kind: ingest.Private, Text: "x"}, {Kind: "dance", Item: "1_2"}} {
		if out := r.Act(t.Context(), a); out.Result != ingest.Refused || out.Why == "" || len(r.requests()) != 0 {
			t.Errorf("%v: %+v", a, out)
		}
	}
	if _, err := r.Observe(t.Context(), ""); err == nil {
		t.Error("observed nothing")
	}
}

// The lost answer: stored, then cut. The outcome is unclear, one reply stands,
// and looking finds it.
func TestLostAnswer(t *testing.T) {
	for kind, seen := range map[ingest.ActionKind]func(ingest.Observation) bool{
		ingest.Reply:   func(o ingest.Observation) bool { return len(o.Own) == 1 && o.Own[0].Text == "hi" },
		ingest.Private: func(o ingest.Observation) bool { return o.Answered },
		ingest.Hide:    func(o ingest.Observation) bool { return o.Hidden },
	} {
		for do, happened := range map[string]bool{"cut-after": true, "cut-before": false} {
			r := start(t)
			id := r.add(sandbox.Comment{Text: "a"})
			r.mustSweep() // a connection stands and is used again
			r.requests()
			r.fault(fault{"platform": "facebook", "match": "POST /", "times": 1, "do": do})
			out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: id, Text: "hi"})
			if out.Result != ingest.Unclear || out.Why == "" || len(r.requests()) != 1 {
				t.Errorf("%s %s: %+v", kind, do, out)
			}
			c := r.state(id)
			if n := len(c.Replies) + len(c.Private); n > 1 {
				t.Errorf("%s %s: stands %d times", kind, do, n)
			}
			o, err := r.Observe(t.Context(), id)
			if err != nil || seen(o) != happened {
				t.Errorf("%s %s: observed %+v, %v", kind, do, o, err)
			}
		}
	}
}

func TestObserve(t *testing.T) {
	r := start(t)
	id := r.add(sandbox.Comment{Text: "a"})
	for range 105 {
		r.add(sandbox.Comment{Text: "me too", Parent: id})
	}
	r.add(sandbox.Comment{Text: "Please call us.", Parent: id, Author: ptr(sandbox.PageName)})
	r.control("PATCH", "/comments/"+id, map[string]any{"text": "edited", "hidden": true})
	o, err := r.Observe(t.Context(), id)
	if err != nil || o.Gone || o.Text != "edited" || !o.Hidden || o.Answered || len(o.Own) != 1 || o.Own[0].Text != "Please call us." || o.Own[0].Created.IsZero() {
		t.Errorf("%+v, %v", o, err)
	}
	r.control("DELETE", "/comments/"+id, nil)
	if o, err := r.Observe(t.Context(), id); err != nil || !o.Gone {
		t.Errorf("deleted: %+v, %v", o, err)
	}
	r.fault(fault{"match": "GET /", "do": "status", "status": 500})
	if o, err := r.Observe(t.Context(), id); err == nil || o.Gone {
		t.Errorf("trouble is not gone: %+v, %v", o, err)
	}
}

// A reply to a reply is listed under the top comment.
func TestObserveBelowAReply(t *testing.T) {
	r := start(t)
	top := r.add(sandbox.Comment{Text: "top"})
	r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: top, Text: "to the top"})
	mid := r.add(sandbox.Comment{Text: "mid", Parent: top, Created: time.Now().Add(time.Minute)})
	low := r.add(sandbox.Comment{Text: "low", Parent: mid, Created: time.Now().Add(2 * time.Minute)})
	ours := r.add(sandbox.Comment{Text: "to low", Parent: low, Author: ptr(sandbox.PageName), Created: time.Now().Add(3 * time.Minute)})
	for item, want := range map[string]string{low: "[" + ours + "]", mid: "[]"} {
		o, err := r.Observe(t.Context(), item)
		got := []string{}
		for _, own := range o.Own {
			got = append(got, own.Item)
		}
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v; want %s", o.Text, got, err, want)
		}
	}
}

func TestObserveWithoutThePermissionForMessages(t *testing.T) {
	r := start(t)
	id := r.add(sandbox.Comment{Text: "a"})
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.RawQuery, "private_reply_conversation") {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"error":{"code":200,"message":"x"}}`))
			return
		}
		r.box.ServeHTTP(w, req)
	}
	if o, err := r.Observe(t.Context(), id); err != nil || o.Text != "a" {
		t.Errorf("%+v, %v", o, err)
	}
}
