package x

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"triage/internal/ingest"
)

// hostile are answers that hold what must not show.
var hostile = []string{
	`{"data":[{"id":"11","text":"canary-text","author_id":"42"},{"id":"canary-id"}],"includes":{"users":[{"id":"42","name":"canary-author","username":"canary_author"}]},"meta":{"next_token":"canary-next"}}`,
	`{"errors":[{"code":89,"message":"canary-message"}]}`,
	`{"errors":[{"code":"canary-code","message":"canary-message","type":"https://x/canary-type"}]}`,
	`{"title":"canary-title","detail":"canary-detail","type":"canary-type","status":403}`,
	`{"errors":"canary-errors","error":"canary-error"}`,
	`{"data":{"id":"canary-id","hidden":"canary"},"meta":{"next_token":"canary"}}`,
	`<html>canary</html>`, `"canary"`, `["canary"]`, `canary`,
	`[{"id_str":"11","full_text":"canary-text","user":{"name":"canary-author","screen_name":"canary"}},{"id_str":"canary"}]`,
}

// Nothing that came from X, and no key, shows in an error, a finding, an outcome
// or the log, whatever X answers.
func TestNothingLeaks(t *testing.T) {
	old := func(c *Config) { c.API = v1Name }
	keys := func(c *Config) {
		c.ConsumerKey, c.ConsumerSecret, c.AccessToken, c.AccessSecret = "canary-ck", "canary-cs", "7-canary-at", "canary-as"
	}
	var said strings.Builder
	note := func(values ...any) { fmt.Fprintf(&said, "%+v\n", fmt.Sprint(values...)) }
	for _, changes := range [][]func(*Config){{inference, private}, {keys, inference}, {keys, old, inference}} {
		r := start(t, changes...)
		if v, ok := r.api.(*version2); ok && v.tokens != nil {
			r.with(&tokens{left: []string{"canary-token", "canary-token-2"}, err: fmt.Errorf("canary-store")})
		}
		for _, body := range hostile {
			for _, status := range []int{200, 201, 302, 400, 401, 402, 403, 404, 429, 500} {
				r.says(status, body, "Location", "http://127.0.0.1:1/canary", "x-access-level", "canary", "Retry-After", "canary")
				r.everything(note)
			}
		}
		r.answer = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
		r.everything(note)
		for _, entry := range r.logs.All() {
			note(entry.Message, entry.ContextMap())
		}
	}
	out := said.String()
	if at := strings.Index(strings.ToLower(out), "canary"); at >= 0 {
		t.Errorf("said %q", out[max(0, at-200):min(len(out), at+100)])
	}
	if strings.Contains(out, "127.0.0.1") || len(out) < 10000 {
		t.Errorf("an address was said, or next to nothing: %d bytes", len(out))
	}
}

// everything does all that can be done and notes what is said.
func (r *rig) everything(note func(...any)) {
	_, _, err := r.swept(ingest.Mark{})
	note(err, r.Peek(r.Context(), ingest.Mark{}, func(string) bool { return false }, func(context.Context, []ingest.Comment) error { return nil }))
	o, err := r.Observe(r.Context(), "11")
	note(len(o.Own), err)
	for _, kind := range []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown} {
		note(r.Act(r.Context(), ingest.Action{Kind: kind, Item: "11", Text: "canary-reply"}))
	}
	note(r.Check(r.Context()))
}
