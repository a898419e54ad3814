package facebook

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

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
		_, err := r.peek(nil)
		said = append(said, err)
		_, err = r.Permit(t.Context())
		said = append(said, err)
		_, err = r.sweep()
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
