package google_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// box is a sandbox behind real HTTP, with a clock that stands until it is moved.
type box struct {
	*testing.T
	url   string
	token string
	mu    sync.Mutex
	clock time.Time
}

func open(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, token: "Bearer " + sandbox.GoogleUserToken, clock: time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)}
	s, err := sandbox.New(sandbox.Options{Now: b.now})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() { web.Close(); _ = s.Close() })
	b.url = web.URL
	return b
}

func (b *box) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

func (b *box) wait(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = b.clock.Add(d)
}

// reply is an answer, decoded.
type reply struct {
	status int
	body   any
}

func (b *box) send(method, path, body string) reply {
	b.Helper()
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.token != "" {
		req.Header.Set("Authorization", b.token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	out := reply{status: resp.StatusCode}
	if err := json.Unmarshal(raw, &out.body); err != nil {
		b.Fatalf("%s %s: %d %q is no JSON", method, path, resp.StatusCode, raw)
	}
	return out
}

func (b *box) get(path string) reply { b.Helper(); return b.send("GET", path, "") }

// review adds one through the control; more is JSON.
func (b *box) review(text, more string) string {
	b.Helper()
	quoted, _ := json.Marshal(text)
	r := b.send("POST", "/_sandbox/comments", `{"platform":"google","text":`+string(quoted)+more+`}`)
	id, _ := r.at("id").(string)
	if id == "" {
		b.Fatalf("the control said %v", r.body)
	}
	return id
}

func (b *box) turn(name, value string) {
	b.Helper()
	if r := b.send("POST", "/_sandbox/switches", `{"platform":"google","name":"`+name+`","value":"`+value+`"}`); r.status != 200 {
		b.Fatal(r.body)
	}
}

func (b *box) want(what string, got, want any) {
	b.Helper()
	if got != want {
		b.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// says fails unless the answer has that status and, somewhere, these words.
func (b *box) says(what string, r reply, status int, words string) {
	b.Helper()
	raw, _ := json.Marshal(r.body)
	if r.status != status || !strings.Contains(string(raw), words) {
		b.Errorf("%s: got %d %s, want %d with %q", what, r.status, raw, status, words)
	}
}

func (r reply) at(path ...any) any {
	v := r.body
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

// ids are those of the reviews in a list.
func (r reply) ids() string {
	var out []string
	list, _ := r.at("reviews").([]any)
	for i := range list {
		out = append(out, fmt.Sprint(r.at("reviews", i, "reviewId")))
	}
	return strings.Join(out, " ")
}

const (
	place   = "accounts/" + sandbox.GoogleAccount + "/locations/" + sandbox.GoogleLocation
	reviews = "/v4/" + place + "/reviews"
)
