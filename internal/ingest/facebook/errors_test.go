package facebook

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

const deadR, no, later, unclear = "refused+stop", "refused", "later", "unclear"

// errorTable is Meta's, row by row.
var errorTable = []struct {
	code, sub, status int
	write             string
	read              ingest.ReadKind
}{
	{1, 0, 400, unclear, ingest.Temporary}, {2, 0, 500, unclear, ingest.Temporary}, {2, 1545133, 400, unclear, ingest.Temporary},
	{4, 0, 400, later, ingest.Throttled}, {17, 0, 400, later, ingest.Throttled}, {32, 0, 403, later, ingest.Throttled},
	{341, 0, 400, later, ingest.Throttled}, {613, 1996, 400, later, ingest.Throttled}, {80001, 2446079, 400, later, ingest.Throttled},
	{80002, 0, 400, later, ingest.Throttled}, {80006, 0, 400, later, ingest.Throttled}, {80014, 0, 400, later, ingest.Throttled},
	{1200, 0, 400, unclear, ingest.Temporary},
	{190, 0, 400, deadR, ingest.Dead}, {190, 458, 400, deadR, ingest.Dead}, {190, 459, 400, deadR, ingest.Dead}, {190, 460, 401, deadR, ingest.Dead},
	{190, 463, 400, deadR, ingest.Dead}, {190, 464, 400, deadR, ingest.Dead}, {190, 467, 400, deadR, ingest.Dead}, {190, 492, 400, deadR, ingest.Dead},
	{190, 99, 400, deadR, ingest.Dead}, {102, 0, 400, deadR, ingest.Dead},
	{3, 0, 400, no, ingest.Forbidden}, {10, 0, 403, no, ingest.Forbidden}, {200, 0, 403, no, ingest.Forbidden}, {299, 0, 403, no, ingest.Forbidden},
	{10, 2018278, 400, no, ingest.Bad}, {368, 1390008, 400, deadR, ingest.Throttled}, {368, 0, 400, deadR, ingest.Throttled},
	{100, 0, 400, no, ingest.Bad}, {100, 33, 400, no, ingest.Bad}, {100, 2018292, 400, no, ingest.Bad}, {506, 0, 400, unclear, ingest.Bad},
	{551, 1545041, 400, no, ingest.Bad}, {10900, 0, 400, "done", ingest.Bad}, {10901, 0, 400, no, ingest.Bad}, {10902, 0, 400, no, ingest.Bad},
	{10903, 0, 400, no, ingest.Bad}, {1609005, 0, 400, no, ingest.Bad}, {2500, 0, 400, no, ingest.Bad}, {803, 0, 404, no, ingest.Bad},
	{987654, 0, 400, no, ingest.Bad}, {987654, 0, 500, unclear, ingest.Temporary}, {100, 0, 503, unclear, ingest.Temporary},
}

func TestErrorTable(t *testing.T) {
	for _, c := range errorTable {
		r := start(t)
		name := fmt.Sprintf("%d/%d with %d", c.code, c.sub, c.status)
		r.says(c.status, fmt.Sprintf(`{"error":{"message":"m","type":"OAuthException","code":%d,"error_subcode":%d,"fbtrace_id":"A"}}`, c.code, c.sub))
		out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: "1_2", Text: "x"})
		got := string(out.Result)
		if out.StopPosting {
			got += "+stop"
		}
		if got != c.write || !strings.HasPrefix(out.Code, fmt.Sprint(c.code)) {
			t.Errorf("%s: written as %+v", name, out)
		}
		if !strings.ContainsAny(out.Why, ";,") || strings.ContainsAny(out.Why, "\n.") {
			t.Errorf("%s: %q is not one sentence with what to do", name, out.Why)
		}
		if (out.Result == ingest.Later) != (out.After > 0) && c.code != 368 {
			t.Errorf("%s: wait %v", name, out.After)
		}
		_, err := r.read(t.Context(), "1_2", nil)
		if e := readErr(t, err); e.Kind != c.read || e.Why == "" || (e.Kind == ingest.Throttled) != (e.RetryAfter > 0) {
			t.Errorf("%s: read as %+v", name, e)
		}
	}
}

func TestThrottledWaitsAsLongAsSaid(t *testing.T) {
	r := start(t)
	r.says(400, `{"error":{"code":80001}}`, "X-Business-Use-Case-Usage", `{"1":[{"call_count":100,"estimated_time_to_regain_access":17}]}`)
	_, err := r.sweep()
	if e := readErr(t, err); e.Kind != ingest.Throttled || e.RetryAfter != 17*time.Minute {
		t.Errorf("%+v", e)
	}
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Hide, Item: "1_2"}); out.Result != ingest.Later || out.After != 17*time.Minute {
		t.Errorf("%+v", out)
	}
	r.says(429, `<html>`, "Retry-After", "90")
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Hide, Item: "1_2"}); out.Result != ingest.Later || out.After != 90*time.Second {
		t.Errorf("%+v", out)
	}
	if _, err := r.sweep(); readErr(t, err).RetryAfter != 90*time.Second {
		t.Errorf("%+v", err)
	}
}

func TestDeadTokenOfTheSandbox(t *testing.T) {
	r := start(t, func(c *Config) { c.Token = sandbox.ExpiredToken })
	_, err := r.sweep()
	if e := readErr(t, err); e.Kind != ingest.Dead || e.Code != "190/463" {
		t.Errorf("%+v", e)
	}
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: "1_2", Text: "x"}); !out.StopPosting || out.Code != "190/463" {
		t.Errorf("%+v", out)
	}
}

const token, secret, text, item = "canarytoken", "canarysecret", "canarytext", "canary_item"

// canaries are answers full of what must not come out.
func canaries() map[string]func(http.ResponseWriter, *http.Request) {
	hostile := `{"error":{"message":"canarytext https://canaryhost/?access_token=canarytoken Canary Person","error_user_title":"canarytext","error_user_msg":"canarytext","code":%s,"fbtrace_id":"canary"}}`
	answers := map[string]func(http.ResponseWriter, *http.Request){
		"cut":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"html": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>canarytext canarytoken")) },
		"half": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "999")
			_, _ = w.Write([]byte(`{"id":"canary_item","message":"canarytext`))
		},
		"away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://canaryhost/?access_token=canarytoken", http.StatusFound)
		},
		"fine": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"id":"canary_item","name":"Canary Person","message":"canarytext","data":[{"id":"canary_item","message":"canarytext","comments":{"data":[
				{"message":"canarytext","from":{"name":"Canary Person"}},{"id":"canary_item","message":"canarytext","from":{"name":"Canary Person"}}]}}]}`))
		},
	}
	for _, code := range []string{"1", "4", "10", "100", "190", "368", "506", "10900", `"x"`, "null"} {
		answers["code "+code] = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, hostile, code)
		}
	}
	return answers
}

// Whatever happens, no word that leaves the client holds an address, a token,
// a person or what was said.
func TestNothingLeaks(t *testing.T) {
	for name, answer := range canaries() {
		r := start(t, func(c *Config) { c.Token, c.AppSecret = token, secret })
		r.answer = answer
		var said []any
		_, err := r.sweep()
		said = append(said, err)
		for e := err; e != nil; e = errors.Unwrap(e) {
			said = append(said, e)
		}
		_, err = r.Observe(t.Context(), item)
		said = append(said, err, r.Check(t.Context()))
		for _, kind := range r.Capabilities().Actions {
			out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: item, Text: text})
			said = append(said, out.Why, out.Code)
		}
		for _, entry := range r.logs.All() {
			said = append(said, entry.Message, entry.ContextMap())
		}
		host := strings.TrimPrefix(r.url, "http://")
		for _, word := range []string{"anary", "http:", "https:", host, "127.0.0.1", "access_token", sandbox.PageID} {
			if out := fmt.Sprintf("%+v", said); strings.Contains(out, word) {
				t.Errorf("%s: %q leaks: %s", name, word, out)
			}
		}
	}
}
