package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// box is a sandbox behind real HTTP.
type box struct {
	*testing.T
	server *Server
	url    string
}

func open(t *testing.T, opt Options) *box {
	t.Helper()
	s, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() { web.Close(); _ = s.Close() })
	return &box{t, s, web.URL}
}

// do sends a request with a JSON or form body and decodes the answer.
func (b *box) do(method, path, body string) (status int, out map[string]any) {
	b.Helper()
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	_ = json.Unmarshal(raw, &out)
	return resp.StatusCode, out
}

// graph asks the Graph API with the Page's token.
func (b *box) graph(method, path string, form url.Values) (int, map[string]any) {
	b.Helper()
	if form == nil {
		form = url.Values{}
	}
	if !form.Has("access_token") {
		form.Set("access_token", PageToken)
	}
	if method != http.MethodPost {
		return b.do(method, path+"?"+form.Encode(), "")
	}
	return b.do(method, path, form.Encode())
}

// say adds a comment through the control.
func (b *box) say(comment string) string {
	b.Helper()
	status, out := b.do(http.MethodPost, "/_sandbox/comments", comment)
	id, _ := out["id"].(string)
	if status != http.StatusOK || id == "" {
		b.Fatalf("control said %d %v", status, out)
	}
	return id
}

// at walks into decoded JSON; a number is an index.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func ids(list any) string {
	var out []string
	l, _ := list.([]any)
	for _, one := range l {
		id, _ := at(one, "id").(string)
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

func (b *box) want(what string, got, want any) {
	b.Helper()
	if got != want {
		b.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestControlsFollowTheContract(t *testing.T) {
	b := open(t, Options{})
	id := b.say(`{"platform":"facebook","text":"my rash","author":"Pat"}`)
	answer := b.say(`{"platform":"facebook","text":"mine too","author":"Kim","parent":"` + id + `","created":"2026-09-01T10:00:00Z"}`)
	b.graph("POST", "/v26.0/"+id+"/comments", url.Values{"message": {"Please call us."}})
	b.graph("POST", "/"+PageID+"/messages", url.Values{"recipient": {`{"comment_id":"` + id + `"}`}, "message": {`{"text":"Hello"}`}})
	if status, _ := b.do("PATCH", "/_sandbox/comments/"+id, `{"text":"my rash, edited"}`); status != 200 {
		t.Errorf("PATCH says %d", status)
	}
	if status, _ := b.do("DELETE", "/_sandbox/comments/"+answer, ""); status != 200 {
		t.Errorf("DELETE says %d", status)
	}
	_, state := b.do("GET", "/_sandbox/state", "")
	c := at(state, "comments", 0)
	b.want("id", at(c, "id"), id)
	b.want("platform", at(c, "platform"), "facebook")
	b.want("text", at(c, "text"), "my rash, edited")
	b.want("author", at(c, "author"), "Pat")
	b.want("hidden", at(c, "hidden"), false)
	b.want("deleted", at(c, "deleted"), false)
	b.want("reply", at(c, "replies", 0, "text"), "Please call us.")
	b.want("reply by", at(c, "replies", 0, "by"), PageName)
	b.want("second reply", at(c, "replies", 1), nil)
	b.want("private", at(c, "private", 0, "text"), "Hello")
	b.want("deleted one", at(state, "comments", 1, "deleted"), true)
	b.want("calls", at(state, "calls", "facebook", "POST /v26.0/"+id+"/comments"), 1.0)
	if _, err := time.Parse(time.RFC3339, at(c, "replies", 0, "at").(string)); err != nil {
		t.Error(err)
	}
}

func TestControlsRefuse(t *testing.T) {
	b := open(t, Options{})
	for _, c := range []struct{ method, path, body, says string }{
		{"POST", "/_sandbox/comments", `{"platform":"myspace","text":"x"}`, "not played by this sandbox; it plays: facebook"},
		{"POST", "/_sandbox/comments", `{"text":"x"}`, "not played"},
		{"POST", "/_sandbox/comments", `{"platform":"facebook","parent":"7_7","text":"x"}`, "no comment"},
		{"POST", "/_sandbox/comments", `{"platform":"facebook","media":"smell","text":"x"}`, "unknown"},
		{"POST", "/_sandbox/comments", `{"platform":"facebook","post":"new","kind":"odd","text":"x"}`, "unknown"},
		{"POST", "/_sandbox/comments", `{"platform":`, "JSON"},
		{"PATCH", "/_sandbox/comments/7_7", `{"text":"x"}`, "no such comment"},
		{"DELETE", "/_sandbox/comments/7_7", ``, "no such comment"},
		{"POST", "/_sandbox/faults", `{"do":"explode"}`, "one of: status"},
		{"POST", "/_sandbox/faults", `{"do":"status"}`, "needs a"},
		{"POST", "/_sandbox/faults", `{"do":"delay"}`, "delay_ms"},
		{"POST", "/_sandbox/faults", `{"platform":"myspace","do":"cut-after"}`, "not played"},
		{"GET", "/_sandbox/nothing", ``, "docs/sandbox.md"},
	} {
		status, out := b.do(c.method, c.path, c.body)
		why, _ := out["error"].(string)
		if status < 400 || status > 404 || !strings.Contains(why, c.says) {
			t.Errorf("%s %s %s: %d %q", c.method, c.path, c.body, status, why)
		}
	}
}

func TestPostsByName(t *testing.T) {
	b := open(t, Options{})
	first := b.say(`{"platform":"facebook","text":"a","post":"Open day"}`)
	second := b.say(`{"platform":"facebook","text":"b","post":"Open day"}`)
	_, one := b.graph("GET", "/"+first, url.Values{"fields": {"object"}})
	_, two := b.graph("GET", "/"+second, url.Values{"fields": {"object"}})
	b.want("same post", at(one, "object", "id"), at(two, "object", "id"))
	_, feed := b.graph("GET", "/"+PageID+"/feed", nil)
	b.want("newest post", at(feed, "data", 0, "message"), "Open day")
	b.want("posts", len(at(feed, "data").([]any)), 4)
}

func TestResetForgetsButGivesNoIDTwice(t *testing.T) {
	b := open(t, Options{Dir: t.TempDir()})
	before := b.say(`{"platform":"facebook","text":"a"}`)
	b.do("POST", "/_sandbox/faults", `{"do":"cut-before","match":"GET"}`)
	if status, _ := b.do("DELETE", "/_sandbox", ""); status != 200 {
		t.Fatalf("reset says %d", status)
	}
	_, state := b.do("GET", "/_sandbox/state", "")
	b.want("comments", len(at(state, "comments").([]any)), 0)
	if after := b.say(`{"platform":"facebook","text":"a"}`); after == before {
		t.Error("an id was given out twice")
	}
	_, feed := b.graph("GET", "/"+PageID+"/posts", nil)
	b.want("posts", len(at(feed, "data").([]any)), len(seeds))
}

func TestFaults(t *testing.T) {
	b := open(t, Options{})
	id := b.say(`{"platform":"facebook","text":"a"}`)
	reply := func() int {
		status, _ := b.graph("POST", "/v26.0/"+id+"/comments", url.Values{"message": {"x"}})
		return status
	}
	replies := func() int { return len(b.server.State().Comments[0].Replies) }
	for _, c := range []struct {
		fault          string
		status, stored int
	}{
		{`{"do":"status","match":"POST /` + id + `","status":503,"body":"<html>"}`, 503, 0},
		{`{"do":"body","match":"/comments","body":"{\"id\":"}`, 200, 0},
		{`{"do":"cut-before","match":"POST /"}`, 0, 0},
		{`{"do":"cut-after","platform":"facebook","match":"POST /v26.0","times":1}`, 0, 1},
		{`{"do":"delay","match":"POST","delay_ms":1}`, 200, 1},
		{`{"do":"status","match":"GET /","status":500}`, 200, 1}, // does not match
	} {
		before := replies()
		if status, out := b.do("POST", "/_sandbox/faults", c.fault); status != 200 {
			t.Fatal(out)
		}
		b.want(c.fault, reply(), c.status)
		b.want(c.fault+" stored", replies()-before, c.stored)
	}
	before := replies()
	b.want("all used up", reply(), 200)
	b.want("all used up, stored", replies()-before, 1)
}

func TestFaultsCountDownAndCarryHeaders(t *testing.T) {
	b := open(t, Options{})
	b.do("POST", "/_sandbox/faults", `{"do":"body","match":"DELETE /","times":2,"body":{"a":1},"header":{"Retry-After":"7"},"status":429}`)
	for i, want := range []int{429, 429, 400} {
		status, _ := b.graph("POST", "/9_9", url.Values{"method": {"DELETE"}})
		b.want("call", status, want)
		_ = i
	}
}
