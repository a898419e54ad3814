package x

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/ingest"
)

const (
	us   = "7"  // the account
	pat  = "42" // somebody
	name = "practice"
)

var noon = time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)

// fact is one version of a post on the stand-in.
type fact struct {
	id, author, text, conversation, answers, quotes, retweets, note string
	versions                                                        []string
	shown                                                           int // from where the text is shown; below 0: not told
	media, secret                                                   bool
	links                                                           map[string]string
}

// rig is a client in front of a stand-in for X over real HTTP. Where answer is
// set, it answers instead. What the stand-in does is what X's documentation says.
type rig struct {
	*testing.T
	*Client
	url    string
	logs   *observer.ObservedLogs
	answer func(http.ResponseWriter, *http.Request) bool

	mu       sync.Mutex
	now      time.Time
	seq      int64
	posts    map[string]*fact
	dms      []map[string]any
	hidden   map[string]bool
	seen     []string // "METHOD /path" of every request
	requests []*http.Request
	bodies   []string
	pageSize int
	names    bool // mentions are told without ids
	bearer   string
}

func oauth1Config(c *Config) {
	c.ConsumerKey, c.ConsumerSecret, c.AccessToken, c.AccessSecret = "ck", "cs&", "7-at", "as"
}

func start(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	r := &rig{T: t, now: noon, posts: map[string]*fact{}, hidden: map[string]bool{}, pageSize: 100, bearer: "token-1"}
	web := httptest.NewServer(r)
	t.Cleanup(web.Close)
	core, logs := observer.New(zapcore.DebugLevel)
	r.url, r.logs = web.URL, logs
	cfg := Config{User: us, BaseURL: web.URL}
	for _, f := range change {
		f(&cfg)
	}
	if cfg.ConsumerKey == "" {
		cfg.ClientID = "client"
	}
	var err error
	r.Client, err = New(cfg, Options{HTTP: web.Client(), Log: zap.New(core), Account: "main", Now: func() time.Time { return r.clock() },
		Tokens: ingest.FixedToken("token-1")})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) clock() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.now }

func (r *rig) pass(d time.Duration) { r.mu.Lock(); defer r.mu.Unlock(); r.now = r.now.Add(d) }

// add makes a post now.
func (r *rig) add(f fact) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	f.id = strconv.FormatInt((r.now.UnixMilli()-1288834974657)<<22+r.seq, 10)
	if f.author == "" {
		f.author = pat
	}
	f.versions = append(f.versions, f.id)
	if f.conversation == "" {
		f.conversation = f.versions[0]
	}
	for _, v := range f.versions[:len(f.versions)-1] {
		r.posts[v].versions = f.versions
	}
	r.posts[f.id] = &f
	return f.id
}

// mention is a post that names the account on purpose.
func (r *rig) mention(text string) string { return r.add(fact{text: "@" + name + " " + text}) }

// edit makes a new version of a post.
func (r *rig) edit(id, text string) string {
	r.mu.Lock()
	f := *r.posts[id]
	r.mu.Unlock()
	f.text = text
	f.versions = slices.Clone(f.versions)
	return r.add(f)
}

func (r *rig) delete(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.posts[id].versions {
		delete(r.posts, v)
	}
}

// took gives the requests since the last call.
func (r *rig) took() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.seen
	r.seen = nil
	return out
}

// query is that of the request with that number.
func (r *rig) query(i int) url.Values {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.requests[i].URL.Query()
}

// says lets every request be answered with this.
func (r *rig) says(status int, body string, header ...string) {
	r.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

// when lets requests with that method and path be answered with this.
func (r *rig) when(call string, status int, body string) {
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		if !strings.HasPrefix(req.Method+" "+req.URL.Path, call) {
			return false
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(raw))
	r.mu.Lock()
	r.seen, r.bodies = append(r.seen, req.Method+" "+req.URL.Path), append(r.bodies, string(raw))
	r.requests = append(r.requests, req)
	r.mu.Unlock()
	if r.answer == nil || !r.answer(w, req) {
		r.dispatch(w, req, raw)
	}
}

// dispatch answers as X does.
func (r *rig) dispatch(w http.ResponseWriter, req *http.Request, raw []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	signed := strings.HasPrefix(req.Header.Get("Authorization"), "OAuth ")
	if !signed && req.Header.Get("Authorization") != "Bearer "+r.bearer || signed && !signatureFits(req, raw, "http://"+req.Host) {
		reply(w, 401, map[string]any{"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"})
		return
	}
	w.Header().Set("x-access-level", "read-write")
	body := object{}
	_ = json.Unmarshal(raw, &body)
	q, part := req.URL.Query(), strings.Split(strings.TrimPrefix(req.URL.Path, "/2/"), "/")
	switch call := req.Method + " " + part[0]; {
	case call == "GET users" && part[1] == "me":
		reply(w, 200, map[string]any{"data": map[string]any{"id": us, "name": "Practice", "username": name}})
	case call == "GET users":
		r.list(w, q, part[2] == "tweets")
	case call == "GET tweets":
		r.byID(w, q)
	case call == "POST tweets":
		to := body.object("reply").text("in_reply_to_tweet_id")
		id := r.write(fact{author: us, text: "@pat_example " + body.text("text"), answers: to, shown: 13, conversation: r.conversation(to)})
		reply(w, 201, map[string]any{"data": map[string]any{"id": id, "text": body.text("text")}})
	case call == "PUT tweets":
		r.hidden[part[1]] = true
		reply(w, 200, map[string]any{"data": map[string]any{"hidden": true}})
	case call == "DELETE tweets":
		delete(r.posts, part[1])
		reply(w, 200, map[string]any{"data": map[string]any{"deleted": true}})
	case call == "POST dm_conversations":
		r.dms = append(r.dms, map[string]any{"id": "1", "event_type": "MessageCreate", "sender_id": us, "created_at": r.now})
		reply(w, 201, map[string]any{"data": map[string]any{"dm_event_id": "1", "dm_conversation_id": "42-7"}})
	case call == "GET dm_conversations" && len(r.dms) > 0:
		reply(w, 200, map[string]any{"data": r.dms, "meta": map[string]any{"result_count": len(r.dms)}})
	default:
		reply(w, 200, map[string]any{"meta": map[string]any{"result_count": 0}})
	}
}

// write is add for the stand-in itself.
func (r *rig) write(f fact) string {
	r.mu.Unlock()
	defer r.mu.Lock()
	return r.add(f)
}

func (r *rig) conversation(id string) string {
	if f := r.posts[id]; f != nil {
		return f.conversation
	}
	return id
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// swept is what a sweep hands on, by item, and its mark.
func (r *rig) swept(mark ingest.Mark) (map[string]ingest.Comment, ingest.Mark, error) {
	found := map[string]ingest.Comment{}
	next, err := r.Sweep(r.Context(), mark, func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			found[c.Content.Item] = c
		}
		return nil
	})
	return found, next, err
}

func (r *rig) sweep() map[string]ingest.Comment {
	r.Helper()
	found, _, err := r.swept(ingest.Mark{})
	if err != nil {
		r.Fatal(err)
	}
	return found
}
