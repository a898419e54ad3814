package google

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"triage/internal/ingest"
)

func TestReplyAndTakeDown(t *testing.T) {
	g := open(t)
	item := g.add("A b%/", "my rash", time.Hour, entry{"reviewId": "A b%", "name": "accounts/1/locations/2/reviews/A b%"})
	item = strings.TrimSuffix(item, "/")
	reply := ingest.Action{Kind: ingest.Reply, Item: item, Text: "Please call us & ask: 100 %? ü 🩺"}
	out := g.Act(t.Context(), reply)
	if out != (ingest.Outcome{Result: ingest.Done, Item: item + "/reply", Standing: ingest.Pending}) {
		t.Fatalf("%+v", out)
	}
	if got := g.requests(); fmt.Sprint(got) != "[GET /v4/accounts/1/locations/2/reviews/A%20b%25 PUT /v4/accounts/1/locations/2/reviews/A%20b%25/reply]" {
		t.Errorf("asked %q", got)
	}
	o, err := g.Observe(t.Context(), item)
	if err != nil || o.Text != "my rash" || len(o.Own) != 1 || o.Own[0] != (ingest.OwnReply{Item: out.Item, Text: reply.Text, Created: start, Standing: ingest.Pending}) {
		t.Errorf("observed %+v, %v", o, err)
	}
	if o, err := g.Observe(t.Context(), out.Item); err != nil || o.Gone || o.Text != reply.Text {
		t.Errorf("the reply: %+v, %v", o, err)
	}
	if out := g.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: out.Item}); out != (ingest.Outcome{Result: ingest.Done}) {
		t.Errorf("%+v", out)
	}
	if o, err := g.Observe(t.Context(), out.Item); err != nil || !o.Gone || len(g.pending) != 0 {
		t.Errorf("after the deletion: %+v, %v, %d followed", o, err, len(g.pending))
	}
}

// A reply is an upsert: what a person wrote would silently be replaced.
func TestNoReplyIsReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		there, state string
		want         ingest.Outcome
	}{
		"a person's":             {"We are sorry.", "APPROVED", ingest.Outcome{Result: ingest.Refused}},
		"a person's, looked at":  {"We are sorry.", "PENDING", ingest.Outcome{Result: ingest.Refused}},
		"a person's, of before":  {"We are sorry.", "", ingest.Outcome{Result: ingest.Refused}},
		"ours already":           {" Please  call us.\n", "APPROVED", ingest.Outcome{Result: ingest.Done, Item: "accounts/1/locations/2/reviews/a/reply"}},
		"ours already, rejected": {" Please  call us.\n", "REJECTED", ingest.Outcome{Result: ingest.Done, Item: "accounts/1/locations/2/reviews/a/reply", Standing: ingest.Rejected}},
	} {
		g := open(t)
		item := g.add("a", "my rash", time.Hour, entry{"reviewReply": entry{"comment": c.there, "reviewReplyState": c.state}})
		out := g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: item, Text: "Please call us."})
		if (out.Why == "") != (out.Result == ingest.Done) {
			t.Errorf("%s: says %q", name, out.Why)
		}
		out.Why = ""
		if out != c.want || len(g.requests()) != 1 || g.find("a")["reviewReply"].(entry)["comment"] != c.there {
			t.Errorf("%s: %+v", name, out)
		}
	}
}

// What Google rejected nobody sees: another reply may take its place.
func TestRejectedReplyIsReplaced(t *testing.T) {
	g := open(t)
	item := g.add("a", "my rash", time.Hour, entry{"reviewReply": entry{"comment": "Visit us at ...", "reviewReplyState": "REJECTED"}})
	out := g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: item, Text: "Please call us."})
	if out.Result != ingest.Done || out.Standing != ingest.Pending || g.find("a")["reviewReply"].(entry)["comment"] != "Please call us." {
		t.Errorf("%+v", out)
	}
}

func TestNothingToDoIsNotSent(t *testing.T) {
	g := open(t)
	item := g.add("a", "x", 0)
	for _, a := range []ingest.Action{
		{Kind: ingest.Reply, Item: item}, {Kind: ingest.Reply, Text: "x"}, {Kind: ingest.Reply, Item: item + "/reply", Text: "x"},
		{Kind: ingest.Reply, Item: "accounts/1/locations/3/reviews/a", Text: "x"}, {Kind: ingest.Reply, Item: "accounts/1/locations/2/reviews/../x", Text: "x"},
		{Kind: ingest.TakeDown, Item: item}, {Kind: ingest.Hide, Item: item}, {Kind: ingest.Private, Item: item, Text: "x"},
	} {
		if out := g.Act(t.Context(), a); out.Result != ingest.Refused || out.Why == "" || len(g.requests()) != 0 {
			t.Errorf("%v: %+v", a, out)
		}
	}
	for _, item := range []string{"", "accounts/1/locations/3/reviews/a", "accounts/1/locations/2/reviews/"} {
		if o, err := g.Observe(t.Context(), item); err == nil || o.Gone || len(g.requests()) != 0 {
			t.Errorf("observed %q: %+v", item, o)
		}
	}
	can := g.Capabilities()
	if can.Can(ingest.Hide) || can.Can(ingest.Private) || !can.Can(ingest.Reply) || can.MaxReply != 4096 || can.Length("ü🩺") != 6 {
		t.Errorf("can %+v", can)
	}
}

// The lost answer: stored, then cut. It is unclear, and looking finds it.
func TestLostAnswer(t *testing.T) {
	for _, stored := range []bool{true, false} {
		g := open(t)
		item := g.add("a", "my rash", time.Hour)
		g.answer = func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				g.serve(w, r, nil)
				return
			}
			if stored {
				g.change("a", func(e entry) { e["reviewReply"] = entry{"comment": "hi", "reviewReplyState": "PENDING"} })
			}
			panic(http.ErrAbortHandler)
		}
		out := g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: item, Text: "hi"})
		if out.Result != ingest.Unclear || out.Why == "" || len(g.requests()) != 2 {
			t.Errorf("stored %v: %+v", stored, out)
		}
		if o, err := g.Observe(t.Context(), item); err != nil || (len(o.Own) == 1) != stored {
			t.Errorf("stored %v: observed %+v, %v", stored, o, err)
		}
	}
}

func TestUnreachableIsLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	g := open(t, func(c *Config) { c.BaseURL = "http://" + l.Addr().String() })
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{t.Context(), gone} {
		for _, a := range []ingest.Action{{Kind: ingest.Reply, Item: g.item("a"), Text: "x"}, {Kind: ingest.TakeDown, Item: g.item("a/reply")}} {
			if out := g.Act(ctx, a); out.Result != ingest.Later || out.After <= 0 || out.Why == "" {
				t.Errorf("%s: %+v", a.Kind, out)
			}
		}
	}
}

// A token that was refused for a write is another one at the next attempt.
func TestTokenRefusedAtTheWrite(t *testing.T) {
	g := open(t)
	item := g.add("a", "my rash", time.Hour)
	g.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && r.Header.Get("Authorization") == "Bearer access-1" {
			problem(w, 401, "UNAUTHENTICATED", `{"reason":"ACCESS_TOKEN_EXPIRED"}`)
			return
		}
		g.serve(w, r, []byte(`{"comment":"hi"}`))
	}
	act := func() ingest.Outcome {
		return g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: item, Text: "hi"})
	}
	if out := act(); out.Result != ingest.Later || out.StopPosting {
		t.Errorf("%+v", out)
	}
	if out := act(); out.Result != ingest.Done {
		t.Errorf("%+v", out)
	}
	g.tokens.given, g.tokens.dead = []string{"access-1"}, &ingest.ReadError{Kind: ingest.Dead, Code: "invalid_grant", Why: "connect again"}
	g.change("a", func(e entry) { delete(e, "reviewReply") })
	if out := act(); out.Result != ingest.Refused || !out.StopPosting || out.Code != "invalid_grant" {
		t.Errorf("%+v", out)
	}
}

// In no minute more than ten changes go out.
func TestEditsKeepTheirPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := []time.Time{}
		g, err := New(Config{Account: "accounts/1", Location: "locations/2", ClientID: "c"}, Options{Tokens: &tokens{given: []string{"a"}}})
		if err != nil {
			t.Fatal(err)
		}
		for range 25 {
			if _, ready := g.pace(t.Context()); !ready {
				t.Fatal("not ready")
			}
			at = append(at, time.Now())
		}
		for i := range len(at) - 10 {
			if d := at[i+10].Sub(at[i]); d < time.Minute {
				t.Errorf("11 within %v", d)
			}
		}
		hurry, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if out := g.Act(hurry, ingest.Action{Kind: ingest.Reply, Item: g.item("a"), Text: "x"}); out.Result != ingest.Later || out.After <= 0 || g.Meter().Calls != 0 {
			t.Errorf("%+v", out)
		}
	})
}

func TestAnswersThatConfirmNothing(t *testing.T) {
	for body, want := range map[string]ingest.Result{
		`{"comment":"hi","updateTime":"2026-09-01T12:00:00Z"}`: ingest.Done, `{"updateTime":"2026-09-01T12:00:00Z"}`: ingest.Done,
		`{}`: ingest.Unclear, `[]`: ingest.Unclear, ``: ingest.Unclear, `<html>`: ingest.Unclear, `true`: ingest.Unclear,
		`{"comment":"hi","error":{"status":"INTERNAL"}}`: ingest.Unclear,
	} {
		g := open(t)
		g.add("a", "x", 0)
		g.answer = func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				_, _ = w.Write([]byte(body))
				return
			}
			g.serve(w, r, nil)
		}
		if out := g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: g.item("a"), Text: "hi"}); out.Result != want || out.Standing != "" {
			t.Errorf("%s: %+v", body, out)
		}
	}
}

func TestObserveSeesWhatIsGone(t *testing.T) {
	g := open(t)
	item := g.add("a", "x", 0)
	g.change("a", nil)
	if o, err := g.Observe(t.Context(), item); err != nil || !o.Gone {
		t.Errorf("deleted: %+v, %v", o, err)
	}
	for status, body := range map[int]string{500: "", 404: "<html>not here", 403: `{"error":{"status":"PERMISSION_DENIED"}}`, 200: `{"reviewId":"b"}`, 204: ""} {
		g.says(status, body)
		if o, err := g.Observe(t.Context(), item); err == nil || o.Gone {
			t.Errorf("%d is not gone: %+v", status, o)
		}
	}
}
