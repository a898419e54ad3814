package instagram

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

func TestActionsHappen(t *testing.T) {
	r := start(t)
	top := r.add(r.add(nil, ownName, "post"), "pat", "my rash")
	act := func(kind ingest.ActionKind, item string) ingest.Outcome {
		t.Helper()
		r.requests()
		out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: item, Text: "Please call us & ask: 100 %? ü 🩺"})
		if n := len(r.requests()); out.Result != ingest.Done || out.Why != "" || n != 1 {
			t.Fatalf("%s: %+v in %d requests", kind, out, n)
		}
		return out
	}
	reply := act(ingest.Reply, top.id)
	nested := act(ingest.Reply, reply.Item) // goes under the top one
	act(ingest.Private, top.id)
	if len(top.below) != 2 || top.below[0].id != reply.Item || top.below[0].text != "Please call us & ask: 100 %? ü 🩺" || len(r.private) != 1 {
		t.Errorf("replies %+v, private %q", top.below, r.private)
	}
	if o, err := r.Observe(t.Context(), top.id); err != nil || len(o.Own) != 2 || o.Own[1].Item != nested.Item || o.Own[0].Created.IsZero() {
		t.Errorf("%+v, %v", o, err)
	}
	act(ingest.TakeDown, nested.Item)
	act(ingest.Hide, top.id)
	if !top.hidden || len(top.below) != 1 {
		t.Errorf("hidden %v, %d replies", top.hidden, len(top.below))
	}
	out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: top.id, Text: "late"})
	if out.Result != ingest.Unclear && out.Result != ingest.Refused || len(top.below) != 1 {
		t.Errorf("a reply to a hidden comment: %+v", out)
	}
}

// Instagram refuses a reply to a hidden comment, in whatever words.
func TestAReplyThatIsNotTaken(t *testing.T) {
	for body, says := range map[string]string{
		`{"error":{"code":100,"type":"IGApiException","message":"canary"}}`:  "perhaps because the comment is hidden",
		`{"error":{"code":100,"error_subcode":2534037,"message":"canary"}}`:  "perhaps because the comment is hidden",
		`{"error":{"code":20,"error_subcode":1772179,"is_transient":false}}`: "perhaps because the comment is hidden",
		`{"error":{"code":10,"message":"canary"}}`:                           "lacks a permission",
		`{"error":{"code":100,"error_subcode":33,"message":"canary"}}`:       "does not show this comment any more",
		`<html>`: "perhaps because the comment is hidden",
	} {
		r := start(t)
		r.says(400, body)
		out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: "1", Text: "x"})
		if out.Result != ingest.Refused || !strings.Contains(out.Why, says) || !strings.Contains(out.Why, "Instagram") && !strings.Contains(out.Why, "account") {
			t.Errorf("%s: %+v", body, out)
		}
	}
}

// The wire facts: what is asked, in the words of Meta's documentation.
func TestWritesOnTheWire(t *testing.T) {
	for _, login := range []string{FacebookLogin, InstagramLogin} {
		from := map[string]string{FacebookLogin: pageID, InstagramLogin: ownID}[login]
		for kind, want := range map[ingest.ActionKind]string{
			ingest.Reply:    "POST /v26.0/12/replies format=json&message=hi",
			ingest.Private:  `POST /v26.0/` + from + `/messages format=json&message={"text":"hi"}&recipient={"comment_id":"12"}`,
			ingest.Hide:     "POST /v26.0/12 format=json&hide=true",
			ingest.TakeDown: "POST /v26.0/12 format=json&method=DELETE",
		} {
			r := start(t, func(c *Config) { c.Login = login })
			r.Act(t.Context(), ingest.Action{Kind: kind, Item: "12", Text: "hi"})
			form, _ := url.ParseQuery(r.body[0])
			plain, _ := url.QueryUnescape(form.Encode())
			if got := r.seen[0] + " " + plain; got != want || len(r.seen) != 1 {
				t.Errorf("%s:\ngot  %s\nwant %s", kind, got, want)
			}
		}
	}
}

func TestNothingToDoIsNotSent(t *testing.T) {
	r := start(t)
	for _, a := range []ingest.Action{{Kind: ingest.Reply, Item: "12"}, {Kind: ingest.Private, Text: "x"}, {Kind: "dance", Item: "12"}} {
		if out := r.Act(t.Context(), a); out.Result != ingest.Refused || out.Why == "" || len(r.requests()) != 0 {
			t.Errorf("%v: %+v", a, out)
		}
	}
	if _, err := r.Observe(t.Context(), ""); err == nil {
		t.Error("observed nothing")
	}
}

// The answer is lost: the outcome is unclear, one reply stands, and looking
// finds it.
func TestLostAnswer(t *testing.T) {
	for kind, seen := range map[ingest.ActionKind]func(ingest.Observation) bool{
		ingest.Reply: func(o ingest.Observation) bool { return len(o.Own) == 1 && o.Own[0].Text == "hi" },
		ingest.Hide:  func(o ingest.Observation) bool { return o.Hidden },
	} {
		for name, happens := range map[string]bool{"cut after": true, "cut before": false} {
			r := start(t)
			top := r.add(r.add(nil, ownName, "post"), "pat", "a")
			r.mustSweep() // a connection stands and is used again
			r.requests()
			r.answer = func(w http.ResponseWriter, req *http.Request) bool {
				if req.Method != http.MethodPost {
					return false
				}
				r.mu.Lock()
				if happens {
					r.route(req)
				}
				r.mu.Unlock()
				panic(http.ErrAbortHandler)
			}
			out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: top.id, Text: "hi"})
			if out.Result != ingest.Unclear || out.Why == "" || len(r.requests()) != 1 || len(top.below) > 1 {
				t.Errorf("%s %s: %+v", kind, name, out)
			}
			if o, err := r.Observe(t.Context(), top.id); err != nil || seen(o) != happens {
				t.Errorf("%s %s: observed %+v, %v", kind, name, o, err)
			}
		}
	}
}

func TestObserve(t *testing.T) {
	r := start(t)
	post := r.add(nil, ownName, "post")
	top := r.add(post, "pat", "a")
	some(105, func(i int) { r.add(top, "kim", "me too") })
	ours := r.add(top, ownName, "Please call us.")
	o, err := r.Observe(t.Context(), top.id)
	if err != nil || o.Gone || o.Text != "a" || o.Hidden || o.Answered || len(o.Own) != 1 || o.Own[0].Text != "Please call us." {
		t.Errorf("%+v, %v", o, err)
	}
	// A reply: what we said below the top one since counts as said to it.
	low := r.add(top, "lee", "and I?")
	low.at = ours.at.Add(time.Minute)
	if o, err = r.Observe(t.Context(), low.id); err != nil || o.Text != "and I?" || len(o.Own) != 0 {
		t.Errorf("%+v, %v", o, err)
	}
	later := r.add(top, ownName, "You too.")
	later.at = low.at.Add(time.Minute)
	if o, err = r.Observe(t.Context(), low.id); err != nil || len(o.Own) != 1 || o.Own[0].Item != later.id {
		t.Errorf("%+v, %v", o, err)
	}
	r.remove(top)
	if o, err := r.Observe(t.Context(), top.id); err != nil || !o.Gone {
		t.Errorf("deleted: %+v, %v", o, err)
	}
	if o, err := r.Observe(t.Context(), low.id); err != nil || o.Gone {
		t.Errorf("the top one deleted: %+v, %v", o, err)
	}
	r.says(500, `<html>`)
	if o, err := r.Observe(t.Context(), low.id); err == nil || o.Gone {
		t.Errorf("trouble is not gone: %+v, %v", o, err)
	}
}

// Private texts are counted in bytes, public ones in characters.
func TestLengths(t *testing.T) {
	caps := start(t).Capabilities()
	for _, tt := range []struct {
		kind ingest.ActionKind
		text string
		fits bool
	}{
		{ingest.Private, strings.Repeat("a", 1000), true}, {ingest.Private, strings.Repeat("a", 1001), false},
		{ingest.Private, strings.Repeat("ü", 501), false},
		{ingest.Reply, strings.Repeat("ü", 2200), true}, {ingest.Reply, strings.Repeat("a", 2201), false},
	} {
		if n, limit := caps.Count(tt.kind, tt.text); (n <= limit) != tt.fits {
			t.Errorf("%s of %d bytes counts %d of %d", tt.kind, len(tt.text), n, limit)
		}
	}
	if !caps.Can(ingest.Private) || !caps.Can(ingest.Hide) || caps.Can("dance") {
		t.Errorf("%+v", caps)
	}
}

// renewing gives a token that died, and then the account's.
type renewing struct{ asked []string }

func (k *renewing) Token(context.Context) (string, error) { return "dead", nil }
func (k *renewing) Refused(_ context.Context, token string) (string, error) {
	k.asked = append(k.asked, token)
	return canary, nil
}

func TestARenewedTokenReadsOn(t *testing.T) {
	r := start(t)
	top := r.add(r.add(nil, ownName, "post"), "pat", "a")
	k := &renewing{}
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		if req.Header.Get("Authorization") == "Bearer "+canary {
			return false
		}
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":{"code":190,"error_subcode":463}}`)
		return true
	}
	client, err := New(Config{Login: InstagramLogin, Account: ownID, BaseURL: r.url}, Options{Tokens: k})
	if err != nil {
		t.Fatal(err)
	}
	if o, err := client.Observe(t.Context(), top.id); err != nil || o.Text != "a" || len(k.asked) != 2 { // for our name too
		t.Errorf("%+v, %v, asked %v", o, err, k.asked)
	}
	out := client.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: top.id, Text: "hi"})
	if out.Result != ingest.Later || out.StopPosting || len(top.below) != 0 {
		t.Errorf("%+v", out)
	}
}
