package google

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

const (
	disabled = `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED","domain":"googleapis.com"}`
	scope    = `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}`
	limited  = `{"reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit_value":"300"}},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"90s"}`
	nothing  = `{"reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit":"DefaultRequestsPerMinutePerProject","quota_limit_value":"0"}}`
)

// errorTable is Google's, row by row; details "-": the body is no error of
// Google's.
var errorTable = []struct {
	code            int
	status, details string
	read            ingest.ReadKind
	write           ingest.Result
	says            string
}{
	{401, "UNAUTHENTICATED", "", ingest.Dead, ingest.Later, "UNAUTHENTICATED"},
	{403, "PERMISSION_DENIED", "", ingest.Forbidden, ingest.Refused, "PERMISSION_DENIED"},
	{403, "PERMISSION_DENIED", disabled, ingest.Forbidden, ingest.Refused, "PERMISSION_DENIED/SERVICE_DISABLED"},
	{403, "PERMISSION_DENIED", scope, ingest.Forbidden, ingest.Refused, "PERMISSION_DENIED/ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
	{404, "NOT_FOUND", "", ingest.Bad, ingest.Refused, "NOT_FOUND"},
	{400, "INVALID_ARGUMENT", "", ingest.Bad, ingest.Refused, "INVALID_ARGUMENT"},
	{400, "FAILED_PRECONDITION", "", ingest.Forbidden, ingest.Refused, "FAILED_PRECONDITION"},
	{403, "FAILED_PRECONDITION", "", ingest.Forbidden, ingest.Refused, "FAILED_PRECONDITION"},
	{429, "RESOURCE_EXHAUSTED", "", ingest.Throttled, ingest.Later, "RESOURCE_EXHAUSTED"},
	{429, "RESOURCE_EXHAUSTED", limited, ingest.Throttled, ingest.Later, "RESOURCE_EXHAUSTED/RATE_LIMIT_EXCEEDED"},
	{429, "RESOURCE_EXHAUSTED", nothing, ingest.Forbidden, ingest.Refused, "RESOURCE_EXHAUSTED/QUOTA_0"},
	{403, "PERMISSION_DENIED", nothing, ingest.Forbidden, ingest.Refused, "PERMISSION_DENIED/QUOTA_0"},
	{503, "UNAVAILABLE", "", ingest.Temporary, ingest.Unclear, "UNAVAILABLE"},
	{500, "INTERNAL", "", ingest.Temporary, ingest.Unclear, "INTERNAL"},
	{504, "DEADLINE_EXCEEDED", "", ingest.Temporary, ingest.Unclear, "DEADLINE_EXCEEDED"},
	{409, "ABORTED", "", ingest.Temporary, ingest.Unclear, "ABORTED"},
	{499, "CANCELLED", "", ingest.Temporary, ingest.Unclear, "CANCELLED"},
	{403, "MADE_UP", "", ingest.Forbidden, ingest.Refused, "PERMISSION_DENIED"},
	{418, "MADE_UP", "", ingest.Bad, ingest.Refused, "http 418"},
	{401, "", "-", ingest.Dead, ingest.Later, "UNAUTHENTICATED"},
	{429, "", "-", ingest.Throttled, ingest.Later, "RESOURCE_EXHAUSTED"},
	{403, "", "-", ingest.Forbidden, ingest.Refused, "http 403"},
	{404, "", "-", ingest.Bad, ingest.Refused, "http 404"},
	{502, "", "-", ingest.Temporary, ingest.Unclear, "http 502"},
	{302, "", "-", ingest.Temporary, ingest.Unclear, "http 302"},
}

func TestErrorTable(t *testing.T) {
	for _, c := range errorTable {
		g := open(t)
		name := fmt.Sprint(c.code, " ", c.status, " ", c.details)
		g.answer = func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v4/accounts/1/locations/2/reviews/a" {
				_, _ = w.Write([]byte(`{"reviewId":"a"}`)) // read before the write
			} else if c.details == "-" {
				w.WriteHeader(c.code)
				_, _ = w.Write([]byte("<html>"))
			} else {
				problem(w, c.code, c.status, c.details)
			}
		}
		out := g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: g.item("a"), Text: "x"})
		if out.Result != c.write || out.Code != c.says || (out.Result == ingest.Later) != (out.After > 0) {
			t.Errorf("%s: written as %+v", name, out)
		}
		if !strings.ContainsAny(out.Why, ";,") || strings.ContainsAny(out.Why, "\n") || strings.HasSuffix(out.Why, ".") {
			t.Errorf("%s: %q is not one sentence with what to do", name, out.Why)
		}
		_, err := g.sweep(time.Time{})
		e := readErr(t, err)
		if e.Kind != c.read || e.Why == "" || e.Kind == ingest.Throttled && e.RetryAfter < time.Minute {
			if !(c.details == "-" && c.code == 302 && e.Kind == ingest.Bad) {
				t.Errorf("%s: read as %+v", name, e)
			}
		}
	}
}

// Access that was never granted is told apart from calling too often.
func TestNoQuotaIsTold(t *testing.T) {
	g := open(t)
	g.answer = func(w http.ResponseWriter, _ *http.Request) { problem(w, 429, "RESOURCE_EXHAUSTED", nothing) }
	findings := g.Check(t.Context())
	if last := findings[len(findings)-1]; last.OK || !strings.Contains(last.What, "applied for") || !strings.Contains(last.Mend, "apply for access") {
		t.Errorf("found %+v", findings)
	}
}

func TestThrottledWaitsAsLongAsSaid(t *testing.T) {
	g := open(t)
	for header, want := range map[string]time.Duration{"": 90 * time.Second, "300": 5 * time.Minute, "10": 90 * time.Second, "999999999": 24 * time.Hour} {
		g.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			problem(w, 429, "RESOURCE_EXHAUSTED", limited)
		}
		_, err := g.sweep(start)
		if e := readErr(t, err); e.RetryAfter != want {
			t.Errorf("%q: %v", header, e.RetryAfter)
		}
		if m := g.Meter(); m.Used != 100 || !m.Reset.Equal(g.now().Add(want)) {
			t.Errorf("%q: %+v", header, m)
		}
		out := g.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: g.item("a"), Text: "x"})
		if out.Result != ingest.Later || out.After != want {
			t.Errorf("%q: %+v", header, out)
		}
	}
	before := g.Meter().Calls
	g.answer = nil
	g.mustSweep(time.Time{})
	if m := g.Meter(); m.Used != 0 || m.Calls != before+1 {
		t.Errorf("%+v", m)
	}
}

// A refused token is replaced once; when the next one is refused too it is over.
func TestTokenIsRenewedOnce(t *testing.T) {
	g := open(t)
	g.add("a", "words", time.Hour)
	g.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer access-1" {
			problem(w, 401, "UNAUTHENTICATED", "")
			return
		}
		g.serve(w, r, nil)
	}
	if found := g.mustSweep(time.Time{}); len(found) != 1 || g.tokens.refused != 1 {
		t.Errorf("found %d after %d refusals", len(found), g.tokens.refused)
	}
	g.tokens.refused = 0
	g.requests()
	g.answer = func(w http.ResponseWriter, _ *http.Request) { problem(w, 401, "UNAUTHENTICATED", "") }
	_, err := g.sweep(time.Time{})
	if e := readErr(t, err); e.Kind != ingest.Dead || g.tokens.refused != 1 || len(g.requests()) != 2 {
		t.Errorf("%+v after %d refusals", e, g.tokens.refused)
	}
	g.tokens.dead = &ingest.ReadError{Kind: ingest.Dead, Code: "invalid_grant", Why: "connect again"}
	if _, err := g.sweep(time.Time{}); readErr(t, err).Code != "invalid_grant" {
		t.Errorf("%v", err)
	}
}

const token, text, item = "canarytoken", "canarytext", "accounts/1/locations/2/reviews/canary"

// canaries are answers full of what must not come out.
func canaries() map[string]func(http.ResponseWriter, *http.Request) {
	const words = `{"reviewId":"canary","name":"canary","comment":"canarytext","reviewer":{"displayName":"Canary Person"},"reviewReply":{"comment":"canarytext"},
		"reviews":[{"comment":"canarytext"},{"reviewId":"canary","comment":"canarytext","reviewReply":{"comment":"canarytext","reviewReplyState":"canary"}}],
		"accounts":[{"name":"accounts/1","type":"canary"}],"locations":[{"name":"canary","title":"canary"}],"nextPageToken":"canary"}`
	answers := map[string]func(http.ResponseWriter, *http.Request){
		"cut":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"html": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<p>canarytext canarytoken")) },
		"half": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "999")
			_, _ = w.Write([]byte(`{"reviewId":"canary","comment":"canarytext`))
		},
		"away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://canaryhost/?access_token=canarytoken", http.StatusFound)
		},
		"fine": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(words)) },
	}
	for _, code := range []int{200, 400, 401, 403, 404, 409, 429, 500} {
		for _, status := range []string{"CANARY_TEXT", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED"} {
			answers[fmt.Sprint(code, status)] = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(code)
				_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"message":"canarytext https://canaryhost Canary Person canarytoken","status":%q,"details":[{"reason":"CANARY_TEXT","domain":"canary","metadata":{"consumer":"canary"}}]}}`, code, status)
			}
		}
	}
	return answers
}

// Whatever happens, no word that leaves the client holds an address, a token, a
// person or what was said.
func TestNothingLeaks(t *testing.T) {
	for name, answer := range canaries() {
		g := open(t)
		g.tokens.given = []string{token}
		g.answer = answer
		var said []any
		note := func(err error) {
			for e := err; e != nil; e = errors.Unwrap(e) {
				said = append(said, e)
			}
		}
		_, err := g.sweep(time.Time{})
		note(err)
		_, err = g.Observe(t.Context(), item)
		note(err)
		_, err = g.Permit(t.Context())
		note(err)
		said = append(said, g.Check(t.Context()))
		for _, a := range []ingest.Action{{Kind: ingest.Reply, Item: item, Text: text}, {Kind: ingest.TakeDown, Item: item + "/reply"}} {
			out := g.Act(t.Context(), a)
			said = append(said, out.Why, out.Code)
		}
		for _, entry := range g.logs.All() {
			said = append(said, entry.Message, entry.ContextMap())
		}
		host := strings.TrimPrefix(g.url, "http://")
		for _, word := range []string{"anary", "CANARY", "http:", "https:", host, "127.0.0.1", "access-", "accounts/1", "locations/2"} {
			if out := fmt.Sprintf("%+v", said); strings.Contains(out, word) {
				t.Errorf("%s: %q leaks: %s", name, word, out)
			}
		}
	}
}
