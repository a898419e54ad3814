package x_test

import (
	"encoding/json"
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
	spec  *spec // checks every answer, if there is one
	web   *http.Client
	mu    sync.Mutex
	clock time.Time
}

var start = time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)

func open(t *testing.T) *box {
	t.Helper()
	b := &box{T: t, token: "Bearer " + sandbox.XUserToken, web: http.DefaultClient, clock: start}
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
	header http.Header
	body   any
}

// send makes a request with the box's token.
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
	return b.do(req, body)
}

func (b *box) do(req *http.Request, body string) reply {
	b.Helper()
	resp, err := b.web.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	out := reply{status: resp.StatusCode, header: resp.Header}
	if err := json.Unmarshal(raw, &out.body); err != nil {
		b.Fatalf("%s %s: %d %q is no JSON", req.Method, req.URL.Path, resp.StatusCode, raw)
	}
	if b.spec != nil && strings.HasPrefix(req.URL.Path, "/2/") {
		b.spec.check(b.T, req, body, out)
	}
	return out
}

func (b *box) get(path string) reply { b.Helper(); return b.send("GET", path, "") }

// say adds a comment on X through the control; its text is given, more is JSON.
func (b *box) say(text, more string) string {
	b.Helper()
	quoted, _ := json.Marshal(text)
	r := b.send("POST", "/_sandbox/comments", `{"platform":"x","text":`+string(quoted)+more+`}`)
	id, _ := r.at("id").(string)
	if id == "" {
		b.Fatalf("the control said %v", r.body)
	}
	return id
}

func (b *box) turn(name, value string) {
	b.Helper()
	if r := b.send("POST", "/_sandbox/switches", `{"platform":"x","name":"`+name+`","value":"`+value+`"}`); r.status != 200 {
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

// at walks into the answer; a number is an index.
func (r reply) at(path ...any) any { return at(r.body, path...) }

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

// ids are those of the posts in data.
func (r reply) ids() string {
	var out []string
	list, _ := r.at("data").([]any)
	for _, one := range list {
		id, _ := at(one, "id").(string)
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

// post is the id of the practice's newest post.
func (b *box) post() string {
	b.Helper()
	id, _ := b.get("/2/users/"+sandbox.XUserID+"/tweets").at("data", 0, "id").(string)
	return id
}

const (
	mentions = "/2/users/" + sandbox.XUserID + "/mentions"
	fields   = "tweet.fields=created_at,author_id,conversation_id,in_reply_to_user_id,referenced_tweets,entities,attachments,edit_controls,edit_history_tweet_ids,note_tweet,lang,reply_settings,display_text_range" +
		"&expansions=author_id,attachments.media_keys,referenced_tweets.id&user.fields=username,protected,receives_your_dm,verified_type&media.fields=type,url,alt_text,preview_image_url"
)
