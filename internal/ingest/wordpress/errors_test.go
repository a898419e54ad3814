package wordpress

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

const dead, no, later, unclear, done = "refused+stop", "refused", "later", "unclear", "done"

// errorTable is WordPress' own, row by row.
var errorTable = []struct {
	code   string
	status int
	write  string
	read   ingest.ReadKind
}{
	{"rest_not_logged_in", 401, dead, ingest.Dead}, {"rest_comment_login_required", 401, dead, ingest.Dead}, {"incorrect_password", 401, dead, ingest.Dead},
	{"invalid_username", 401, dead, ingest.Dead}, {"invalid_email", 401, dead, ingest.Dead}, {"application_passwords_disabled_for_user", 401, dead, ingest.Dead},
	{"application_passwords_disabled", 501, unclear, ingest.Temporary},
	{"rest_forbidden_context", 401, dead, ingest.Dead}, {"rest_forbidden_context", 403, no, ingest.Forbidden}, {"rest_forbidden_param", 401, dead, ingest.Dead},
	{"rest_forbidden_param", 403, no, ingest.Forbidden}, {"rest_forbidden", 401, dead, ingest.Dead}, {"rest_forbidden", 403, no, ingest.Forbidden},
	{"rest_cannot_read", 401, dead, ingest.Dead}, {"rest_cannot_read", 403, no, ingest.Forbidden}, {"rest_cannot_read_post", 403, no, ingest.Forbidden},
	{"rest_cannot_edit", 403, no, ingest.Forbidden}, {"rest_cannot_delete", 403, no, ingest.Forbidden}, {"rest_cannot_delete", 500, unclear, ingest.Temporary},
	{"rest_comment_invalid_author", 403, no, ingest.Forbidden}, {"rest_comment_invalid_status", 403, no, ingest.Forbidden},
	{"rest_comment_invalid_id", 404, no, ingest.Bad}, {"rest_post_invalid_id", 404, no, ingest.Bad}, {"rest_comment_invalid_post_id", 403, no, ingest.Bad},
	{"rest_comment_closed", 403, no, ingest.Bad}, {"rest_comment_draft_post", 403, no, ingest.Bad}, {"rest_comment_trash_post", 403, no, ingest.Bad},
	{"comment_duplicate", 409, unclear, ingest.Bad}, {"comment_flood", 400, later, ingest.Throttled}, {"comment_flood", 429, later, ingest.Throttled},
	{"rest_comment_content_invalid", 400, no, ingest.Bad}, {"rest_comment_author_data_required", 400, no, ingest.Bad}, {"comment_content_column_length", 400, no, ingest.Bad},
	{"rest_invalid_param", 400, no, ingest.Bad}, {"rest_missing_callback_param", 400, no, ingest.Bad}, {"rest_invalid_json", 400, no, ingest.Bad},
	{"rest_no_route", 404, no, ingest.Bad}, {"rest_already_trashed", 410, done, ingest.Bad},
	{"rest_comment_failed_create", 500, unclear, ingest.Temporary}, {"rest_comment_failed_edit", 500, unclear, ingest.Temporary}, {"internal_server_error", 500, unclear, ingest.Temporary},
	{"rest_trash_not_supported", 501, no, ingest.Bad}, {"rest_cannot_create", 403, no, ingest.Forbidden},
	{"wp_die", 503, later, ingest.Temporary}, {"wp_die", 500, unclear, ingest.Temporary},
	// A plugin's own codes go by the status.
	{"plugin_secret", 401, dead, ingest.Dead}, {"plugin_secret", 403, no, ingest.Forbidden}, {"plugin_secret", 400, no, ingest.Bad}, {"plugin_secret", 408, unclear, ingest.Temporary},
	{"plugin_secret", 429, later, ingest.Throttled}, {"plugin_secret", 500, unclear, ingest.Temporary}, {"plugin_secret", 503, unclear, ingest.Temporary}, {"plugin_secret", 200, unclear, ingest.Bad},
	// No JSON: something before WordPress.
	{"", 200, unclear, ingest.Bad}, {"", 301, unclear, ingest.Bad}, {"", 302, unclear, ingest.Bad}, {"", 401, no, ingest.Bad}, {"", 403, unclear, ingest.Temporary},
	{"", 404, no, ingest.Bad}, {"", 405, no, ingest.Bad}, {"", 406, unclear, ingest.Temporary}, {"", 408, unclear, ingest.Temporary}, {"", 429, later, ingest.Throttled},
	{"", 500, unclear, ingest.Temporary}, {"", 502, unclear, ingest.Temporary}, {"", 503, unclear, ingest.Temporary}, {"", 520, unclear, ingest.Temporary},
}

// known is a client that knows its site already.
func known(t *testing.T) *rig {
	t.Helper()
	r := standIn(t, nil)
	r.root, r.user = &root{at: *r.Client.site}, &user{id: "1", moderates: true}
	return r
}

// writing lets every write be answered with this, and finds what is acted on.
func (r *rig) writing(status int, body string, header ...string) {
	r.says(status, body, header...)
	says := r.answer
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"id":7,"post":4,"author":1,"status":"approved"}`)
			return
		}
		says(w, req)
	}
}

func TestErrorTable(t *testing.T) {
	for _, c := range errorTable {
		r := known(t)
		name := fmt.Sprintf("%s with %d", c.code, c.status)
		body := "<html><p>No.</p>"
		if c.code != "" {
			body = fmt.Sprintf(`{"code":%q,"message":"m","data":{"status":%d}}`, c.code, c.status)
		}
		for _, kind := range r.Capabilities().Actions {
			r.writing(c.status, body)
			out := r.act(kind, "7", "x")
			got := string(out.Result)
			if out.StopPosting {
				got += "+stop"
			}
			want := c.write
			if _, isGone := map[string]bool{"rest_comment_invalid_id": true, "rest_post_invalid_id": true, "rest_comment_invalid_post_id": true}[c.code]; isGone && kind == ingest.TakeDown {
				want = done
			}
			if got != want || len(r.writes()) != 1 || strings.Contains(out.Code, "plugin") || out.Code == "" {
				t.Errorf("%s %s: %+v, want %s", kind, name, out, want)
			}
			if !strings.ContainsAny(out.Why, ";,") || strings.ContainsAny(out.Why, "\n.") {
				t.Errorf("%s: %q is not one sentence with what to do", name, out.Why)
			}
			if (out.Result == ingest.Later) != (out.After >= 15*time.Second) {
				t.Errorf("%s: wait %v", name, out.After)
			}
		}
		r.says(c.status, body)
		_, err := r.page(t.Context(), nil)
		if e := readErr(t, err); e.Kind != c.read || e.Why == "" || (e.Kind == ingest.Throttled) != (e.RetryAfter > 0) && c.code != "wp_die" {
			t.Errorf("%s: read as %+v", name, e)
		}
	}
}

func TestWaitsAsLongAsSaid(t *testing.T) {
	for value, want := range map[string]time.Duration{"90": 90 * time.Second, "1": limitWait, "": limitWait, "2000000000": 24 * time.Hour, "x": limitWait} {
		r := known(t)
		r.writing(429, "<html>", "Retry-After", value)
		if out := r.act(ingest.Hide, "7", ""); out.Result != ingest.Later || out.After != want {
			t.Errorf("%q: %+v", value, out)
		}
		r.says(429, "<html>", "Retry-After", value)
		if _, err := r.sweep(); readErr(t, err).RetryAfter != want {
			t.Errorf("%q: %+v", value, err)
		}
	}
	r := known(t)
	r.says(503, "<html>", "Retry-After", "300")
	_, err := r.sweep()
	if e := readErr(t, err); e.Kind != ingest.Temporary || e.RetryAfter != 5*time.Minute {
		t.Errorf("%+v", e)
	}
}

// A single 401 without reason is no dead password: we ask who we are.
func TestRefusedAndYetKnown(t *testing.T) {
	r := known(t)
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if strings.Contains(req.URL.Path, "users/me") {
			_, _ = io.WriteString(w, `{"id":1,"capabilities":{"moderate_comments":1}}`)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"code":"rest_cannot_read","message":"x"}`)
	}
	_, err := r.sweep()
	if e := readErr(t, err); e.Kind != ingest.Forbidden {
		t.Errorf("%+v", e)
	}
}

func TestUnreachableIsLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	for _, knows := range []bool{true, false} {
		r := known(t)
		r.Client.site.Host = l.Addr().String()
		r.root.at.Host = l.Addr().String()
		if !knows {
			r.root, r.user = nil, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, ctx := range []context.Context{t.Context(), ctx} {
			if out := r.Act(ctx, ingest.Action{Kind: ingest.Reply, Item: "7", Text: "x"}); out.Result != ingest.Later || out.After <= 0 {
				t.Errorf("%+v", out)
			}
			if _, err := r.Observe(ctx, "7"); err == nil {
				t.Error("observed")
			}
		}
		x, o := r.write(t.Context(), request{method: http.MethodPost, route: "x"})
		if out := r.outcome(x, o); out.Result != ingest.Later {
			t.Errorf("%+v", out)
		}
	}
}

func TestSlowAnswerIsUnclear(t *testing.T) {
	r := known(t)
	r.http = ingest.NewHTTP(&http.Client{Timeout: 50 * time.Millisecond})
	r.writing(200, "")
	says := r.answer
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodGet {
			<-req.Context().Done()
		}
		says(w, req)
	}
	if out := r.act(ingest.Reply, "7", "x"); out.Result != ingest.Unclear || len(r.writes()) != 1 {
		t.Errorf("%+v", out)
	}
}

// An answer of success that does not say what we did is none.
func TestDoneOnlyWhenItSaysSo(t *testing.T) {
	for kind, bodies := range map[ingest.ActionKind][]string{
		ingest.Reply: {`{"id":9}`, `{"id":9,"parent":8,"post":4,"status":"approved"}`, `{"id":9,"parent":7,"post":5,"status":"approved"}`, `{"parent":7,"post":4}`, `[]`, ``, `{}`, `<p>Thank you</p>`,
			`{"code":"x","message":"y"}`},
		ingest.Hide:     {`{"id":8,"status":"hold"}`, `[]`, ``, `true`, `{"code":"x","message":"y"}`},
		ingest.TakeDown: {`{"id":7,"status":"approved"}`, `{"id":8,"status":"trash"}`, `{"deleted":false}`, ``},
	} {
		for _, body := range bodies {
			r := known(t)
			r.writing(200, body)
			if out := r.act(kind, "7", "x"); out.Result != ingest.Unclear || out.Why == "" {
				t.Errorf("%s answered with %s: %+v", kind, body, out)
			}
		}
	}
}

func TestNothingToDoIsNotSent(t *testing.T) {
	r := known(t)
	r.says(200, `{"id":7,"post":4,"status":"approved"}`)
	for _, a := range []ingest.Action{{Kind: ingest.Reply, Item: "7"}, {Kind: ingest.Reply, Item: "7", Text: " \n"}, {Kind: ingest.Reply, Text: "x"}, {Kind: ingest.Private, Item: "7", Text: "x"},
		{Kind: "dance", Item: "7"}, {Kind: ingest.Hide, Item: "7/../../users"}, {Kind: ingest.TakeDown, Item: "0"}, {Kind: ingest.TakeDown, Item: "7?force=true"}} {
		if out := r.Act(t.Context(), a); out.Result != ingest.Refused || out.Why == "" || len(r.requests()) != 0 {
			t.Errorf("%v: %+v", a, out)
		}
	}
	for _, item := range []string{"", "x", "7/", "-1"} {
		if _, err := r.Observe(t.Context(), item); err == nil || len(r.requests()) != 0 {
			t.Errorf("observed %q", item)
		}
	}
}
