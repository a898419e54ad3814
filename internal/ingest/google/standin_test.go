package google

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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

// start is when the tests begin.
var start = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

type entry = map[string]any

// cloud stands in for Google's APIs over real HTTP. Where answer is set it
// answers instead.
type cloud struct {
	*testing.T
	*Client
	url    string
	logs   *observer.ObservedLogs
	answer func(http.ResponseWriter, *http.Request)
	tokens *tokens

	mu       sync.Mutex
	clock    time.Time
	reviews  []entry
	state    string // of a new reply
	accounts string
	seen     []string // "METHOD /path" of every request
	bodies   []string
}

// tokens are access tokens of which the last one is valid.
type tokens struct {
	given   []string
	refused int
	dead    error
}

func (k *tokens) Token(context.Context) (string, error) { return k.given[len(k.given)-1], nil }
func (k *tokens) Refused(_ context.Context, token string) (string, error) {
	if k.refused++; k.dead != nil {
		return "", k.dead
	}
	if token == k.given[len(k.given)-1] {
		k.given = append(k.given, fmt.Sprint("access-", len(k.given)+1))
	}
	return k.given[len(k.given)-1], nil
}

func open(t *testing.T, change ...func(*Config)) *cloud {
	t.Helper()
	g := &cloud{T: t, clock: start, state: "PENDING", tokens: &tokens{given: []string{"access-1"}},
		accounts: `{"accounts":[{"name":"accounts/9","type":"ORGANIZATION"},{"name":"accounts/1","type":"PERSONAL","role":"PRIMARY_OWNER"}]}`}
	web := httptest.NewServer(g)
	t.Cleanup(web.Close)
	core, logs := observer.New(zapcore.DebugLevel)
	g.url, g.logs = web.URL, logs
	cfg := Config{Account: "accounts/1", Location: "locations/2", BaseURL: web.URL, ClientID: "c"}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	g.Client, err = New(cfg, Options{HTTP: web.Client(), Log: zap.New(core), Account: "main", Tokens: g.tokens, Now: g.now})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *cloud) now() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.clock
}

func (g *cloud) pass(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.clock = g.clock.Add(d)
}

// add writes a review, changed that long ago.
func (g *cloud) add(id, text string, ago time.Duration, more ...entry) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.clock.Add(-ago).Format("2006-01-02T15:04:05.000Z07:00")
	r := entry{"name": "accounts/1/locations/2/reviews/" + id, "reviewId": id, "reviewer": entry{"displayName": "Pat E."},
		"starRating": "FOUR", "createTime": at, "updateTime": at}
	if text != "" {
		r["comment"] = text
	}
	for _, m := range more {
		for k, v := range m {
			r[k] = v
		}
	}
	g.reviews = append(g.reviews, r)
	return r["name"].(string)
}

func (g *cloud) find(id string) entry {
	i := slices.IndexFunc(g.reviews, func(r entry) bool { return r["reviewId"] == id })
	if i < 0 {
		return nil
	}
	return g.reviews[i]
}

// change changes what is stored of a review; nil deletes it.
func (g *cloud) change(id string, f func(entry)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f == nil {
		g.reviews = slices.DeleteFunc(g.reviews, func(r entry) bool { return r["reviewId"] == id })
		return
	}
	f(g.find(id))
}

func (g *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	g.mu.Lock()
	g.seen, g.bodies = append(g.seen, r.Method+" "+r.URL.RequestURI()), append(g.bodies, string(raw))
	answer := g.answer
	g.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	g.serve(w, r, raw)
}

func (g *cloud) serve(w http.ResponseWriter, r *http.Request, raw []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+g.tokens.given[len(g.tokens.given)-1] {
		problem(w, 401, "UNAUTHENTICATED", "")
		return
	}
	path, isReview := strings.CutPrefix(r.URL.Path, "/v4/accounts/1/locations/2/reviews/")
	switch {
	case r.URL.Path == "/v1/accounts":
		_, _ = w.Write([]byte(g.accounts))
	case r.URL.Path == "/v1/accounts/1/locations" && r.URL.Query().Get("readMask") == "":
		problem(w, 400, "INVALID_ARGUMENT", "")
	case r.URL.Path == "/v1/accounts/1/locations":
		_, _ = w.Write([]byte(`{"locations":[{"name":"locations/2","title":"Example Family Practice"}]}`))
	case r.URL.Path == "/v4/accounts/1/locations/2/reviews":
		g.list(w, r)
	case isReview && g.find(strings.TrimSuffix(path, "/reply")) != nil:
		g.one(w, r, raw, path)
	default:
		problem(w, 404, "NOT_FOUND", "")
	}
}

// list serves a page; its token is where the next one begins.
func (g *cloud) list(w http.ResponseWriter, r *http.Request) {
	slices.SortStableFunc(g.reviews, func(a, b entry) int { return cmp.Compare(b["updateTime"].(string), a["updateTime"].(string)) })
	size, _ := strconv.Atoi(r.URL.Query().Get("pageSize"))
	from, _ := strconv.Atoi(r.URL.Query().Get("pageToken"))
	if size > 50 || from > len(g.reviews) {
		problem(w, 400, "INVALID_ARGUMENT", "")
		return
	}
	out := entry{}
	if to := min(from+size, len(g.reviews)); to > from {
		out["reviews"], out["totalReviewCount"] = g.reviews[from:to], len(g.reviews)
		if to < len(g.reviews) {
			out["nextPageToken"] = strconv.Itoa(to)
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// one serves a review, or its reply.
func (g *cloud) one(w http.ResponseWriter, r *http.Request, raw []byte, path string) {
	id, isReply := strings.CutSuffix(path, "/reply")
	review := g.find(id)
	switch {
	case !isReply:
		_ = json.NewEncoder(w).Encode(review)
	case r.Method == http.MethodPut:
		reply := entry{}
		_ = json.Unmarshal(raw, &reply)
		reply["updateTime"], reply["reviewReplyState"] = g.clock.Format(time.RFC3339), g.state
		review["reviewReply"] = reply
		_ = json.NewEncoder(w).Encode(reply)
	case r.Method == http.MethodDelete:
		delete(review, "reviewReply")
		_, _ = w.Write([]byte("{}"))
	}
}

func problem(w http.ResponseWriter, code int, status, details string) {
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"message":"m","status":%q,"details":[%s]}}`, code, status, details)
}

// requests gives those seen since the last call.
func (g *cloud) requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := g.seen
	g.seen, g.bodies = nil, nil
	return out
}

// says lets every request be answered with this.
func (g *cloud) says(status int, body string, header ...string) {
	g.answer = func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// sweep collects what a sweep hands on, by item.
func (g *cloud) sweep(mark time.Time) (map[string]ingest.Comment, error) {
	found := map[string]ingest.Comment{}
	_, err := g.Sweep(g.Context(), ingest.Mark{Time: mark}, into(found))
	return found, err
}

func into(found map[string]ingest.Comment) ingest.Emit {
	return func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			found[c.Content.Item] = c
		}
		return nil
	}
}

func (g *cloud) mustSweep(mark time.Time) map[string]ingest.Comment {
	g.Helper()
	found, err := g.sweep(mark)
	if err != nil {
		g.Fatal(err)
	}
	return found
}

func readErr(t *testing.T, err error) *ingest.ReadError {
	t.Helper()
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		t.Fatalf("no ReadError: %v", err)
	}
	return e
}
