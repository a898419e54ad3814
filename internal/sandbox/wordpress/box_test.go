package wordpress_test

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
	url            string
	user, password string // no user: anonymous
	agent          string
	header         http.Header // of every request
	mu             sync.Mutex
	clock          time.Time
}

func open(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, agent: "box/1", header: http.Header{}, clock: time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)}
	b.login()
	s, err := sandbox.New(sandbox.Options{Now: b.now})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(func() { web.Close(); _ = s.Close() })
	b.url = web.URL
	return b
}

func (b *box) login() { b.user, b.password = sandbox.WordPressUser, sandbox.WordPressPassword }

// as sends what follows as the practice's user with a role, or, if that is empty,
// as nobody.
func (b *box) as(role string) {
	b.Helper()
	b.login()
	if role == "" {
		b.user = ""
		return
	}
	b.turn("role", role)
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

// reply is an answer; body is nil if it was no JSON.
type reply struct {
	status int
	header http.Header
	raw    string
	body   any
}

func (b *box) send(method, path, body string) reply {
	b.Helper()
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header = b.header.Clone()
	req.Header.Set("User-Agent", b.agent)
	if req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.user != "" {
		req.SetBasicAuth(b.user, b.password)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	out := reply{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &out.body)
	return out
}

const comments = "/wp-json/wp/v2/comments"

func (b *box) get(path string) reply { b.Helper(); return b.send("GET", path, "") }

func (b *box) post(path, body string) reply { b.Helper(); return b.send("POST", path, body) }

// say adds a comment through the control and gives its path in the API; more is the
// rest of the JSON object.
func (b *box) say(text, more string) string {
	b.Helper()
	quoted, _ := json.Marshal(text)
	r := b.post("/_sandbox/comments", `{"platform":"wordpress","text":`+string(quoted)+more+`}`)
	id, _ := r.at("id").(string)
	if id == "" {
		b.Fatalf("the control said %s", r.raw)
	}
	return comments + "/" + id
}

func number(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

func (b *box) turn(name, value string) {
	b.Helper()
	if r := b.post("/_sandbox/switches", `{"platform":"wordpress","name":"`+name+`","value":"`+value+`"}`); r.status != 200 {
		b.Fatal(r.raw)
	}
}

// patch changes a comment or post through the control.
func (b *box) patch(path, body string) {
	b.Helper()
	if r := b.send("PATCH", "/_sandbox/comments/"+number(path), body); r.status != 200 {
		b.Fatal(r.raw)
	}
}

// newPost makes a post and gives its number.
func (b *box) newPost(name string) string {
	b.Helper()
	path := b.say("first on "+name, `,"post":"`+name+`"`)
	id := fmt.Sprint(b.get(path).at("post"))
	b.send("DELETE", "/_sandbox/comments/"+number(path), "")
	return id
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
	if r.status != status || !strings.Contains(r.raw, words) {
		b.Errorf("%s: got %d %s, want %d with %q", what, r.status, r.raw, status, words)
	}
}

// at walks into the answer; a number is an index.
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

// ids are the numbers of a list, as paths would end.
func (r reply) ids() string {
	var out []string
	list, _ := r.body.([]any)
	for i := range list {
		out = append(out, fmt.Sprint(r.at(i, "id")))
	}
	return strings.Join(out, " ")
}

// found is that list with the paths given instead, as letters from a.
func (b *box) found(path string, of ...string) string {
	b.Helper()
	r := b.get(path)
	if r.status != 200 {
		b.Errorf("%s: %d %s", path, r.status, r.raw)
	}
	out := ""
	for id := range strings.FieldsSeq(r.ids()) {
		letter := "?"
		for i, p := range of {
			if number(p) == id {
				letter = string(rune('a' + i))
			}
		}
		out += letter
	}
	return out
}
