package facebook

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	fb "github.com/huandu/facebook/v2"
	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

func count(n int) zap.Field { return zap.Int("count", n) }

// The tests of this file hold the library's defects and that ours does not
// have them. When one fails because the library got better, it can go.

// alone is the library by itself, as its manual shows it.
func (r *rig) alone() *fb.Session {
	s := fb.New("", "").Session(sandbox.PageToken)
	s.BaseURL, s.Version = r.url+"/", "v26.0"
	return s
}

// Defect 1: errors that do not decode look like success. Defect 3: an error
// without a code becomes -1.
func TestDefectSwallowedErrors(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		read   ingest.ReadKind
		write  ingest.Result
		code   string
	}{
		{400, `{"error":{"message":"x","code":190,"error_subcode":463,"error_user_title":null}}`, ingest.Dead, ingest.Refused, "190/463"},
		{400, `{"error":{"message":"x","code":"190"}}`, ingest.Dead, ingest.Refused, "190"},
		{400, `{"error":{"message":"x","code":100,"is_transient":"true"}}`, ingest.Temporary, ingest.Unclear, "100"},
		{400, `{"error":"invalid_token"}`, ingest.Bad, ingest.Refused, "http 400"},
		{400, `{"error_code":190,"error_description":"x"}`, ingest.Dead, ingest.Refused, "190"},
		{503, `{"status":"down"}`, ingest.Temporary, ingest.Unclear, "http 503"},
		{403, `{}`, ingest.Forbidden, ingest.Refused, "http 403"},
		{400, `{"error":{"message":"x"}}`, ingest.Bad, ingest.Refused, "http 400"},
		{200, `{"error":{"message":"x","code":"368"}}`, ingest.Throttled, ingest.Refused, "368"},
	} {
		r := start(t)
		r.says(c.status, c.body)
		if _, err := r.alone().Get("1_1", nil); err != nil && !strings.Contains(err.Error(), "-1") && !strings.Contains(c.body, "null") {
			t.Logf("the library now sees %s as %v", c.body, err)
		}
		_, err := r.Observe(t.Context(), "1_1")
		if e := readErr(t, err); e.Kind != c.read {
			t.Errorf("%s: read as %+v", c.body, e)
		}
		out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: "1_1", Text: "x"})
		if out.Result != c.write || out.Code != c.code {
			t.Errorf("%s: written as %+v", c.body, out)
		}
	}
}

// Defect 2: the body true gives nothing and no error. Defect 4: HTML, empty,
// truncated and trailing bodies.
func TestDefectHostileBodies(t *testing.T) {
	bodies := map[string]string{
		"true": `true`, "null": `null`, "empty": ``, "html": `<html>502</html>`, "truncated": `{"id":"1_2","mess`,
		"trailing": `{"id":"1_2"} garbage`, "list": `[]`, "text": `"ok"`, "object": `{}`, "nested": strings.Repeat(`{"a":`, 20000),
	}
	for name, body := range bodies {
		r := start(t)
		r.says(200, body)
		if name == "true" {
			if res, err := r.alone().Get("x", nil); res != nil || err != nil {
				t.Logf("the library now gives %v, %v for true", res, err)
			}
		}
		if _, err := r.Observe(t.Context(), "1_1"); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: observed with %v", name, err)
		}
		if _, err := r.sweep(); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: swept with %v", name, err)
		}
		for _, kind := range r.Capabilities().Actions {
			if out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: "1_1", Text: "x"}); out.Result != ingest.Unclear || out.Why == "" {
				t.Errorf("%s: %s gave %+v", name, kind, out)
			}
			r.says(502, body)
			if out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: "1_1", Text: "x"}); out.Result != ingest.Unclear {
				t.Errorf("%s with 502: %s gave %+v", name, kind, out)
			}
			r.says(200, body)
		}
	}
}

// Defect 5: an empty page with a next one looks like the end.
func TestDefectEmptyPage(t *testing.T) {
	r := start(t)
	var made []string
	for range 60 {
		made = append(made, r.add(sandbox.Comment{Text: "x"}))
	}
	for _, id := range made[:50] {
		r.control("DELETE", "/comments/"+id, nil)
	}
	post := r.mustSweep()[made[59]].Content.Post
	s := r.alone()
	res, err := s.Get(post+"/comments", fb.Params{"limit": 50})
	if err != nil {
		t.Fatal(err)
	}
	if paging, err := res.Paging(s); err != nil || len(paging.Data()) != 0 || paging.HasNext() {
		t.Logf("the library now pages over empty pages: %v", err)
	}
	if found := r.mustSweep(); len(found) != 10 {
		t.Errorf("found %d of 10", len(found))
	}
}

// Defect 6: the address of the next page is followed wherever it leads, with
// the token.
func TestDefectNextLeadsAway(t *testing.T) {
	stolen := make(chan string, 10)
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { stolen <- req.URL.String() }))
	defer thief.Close()
	r := start(t)
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		page := `{"data":[{"id":"1_1","created_time":"2026-09-01T10:00:00+0000","comments":{"data":[{"id":"1_2"}]}}],"paging":{"cursors":{"after":"A"},"next":"` +
			thief.URL + `/?access_token=x&after=A"}}`
		if req.URL.Query().Get("after") == "A" {
			page = `{"data":[{"id":"2_1","comments":{"data":[{"id":"2_2"}]}}],"paging":{"cursors":{"after":"B"}}}`
		}
		_, _ = w.Write([]byte(page))
	}
	if found := r.mustSweep(); len(found) != 2 || len(stolen) != 0 {
		t.Errorf("found %d, the other host saw %d requests", len(found), len(stolen))
	}
}

// A server whose list never ends, or whose next page cannot be asked for.
func TestEndlessLists(t *testing.T) {
	for _, paging := range []string{`{"cursors":{"after":"A"},"next":"x"}`, `{"next":"https://x/?a=b"}`, `{"next":"%zz"}`} {
		r := start(t)
		r.says(200, `{"data":[],"paging":`+paging+`}`)
		if _, err := r.sweep(); readErr(t, err).Kind != ingest.Bad || len(r.requests()) > 3 {
			t.Errorf("%s: %v", paging, err)
		}
	}
}

// Lists paged by time have no cursors.
func TestNextWithoutCursors(t *testing.T) {
	p, ok := pageOf(objectOf([]byte(`{"data":[],"paging":{"next":"https://x/?until=5&__paging_token=7&access_token=s"}}`)))
	if !ok || !p.more.same(params{"until": "5", "__paging_token": "7"}) {
		t.Errorf("asks with %v", p.more)
	}
}

// Defect 7: the first tenant's token is written into the parameters. Defect 10:
// a session is not for sharing.
func TestDefectSharedParameters(t *testing.T) {
	r := start(t)
	shared := fb.Params{"fields": "id"}
	_, _ = r.alone().Get("me", shared)
	if shared["access_token"] == nil {
		t.Log("the library no longer writes into its parameters")
	}
	ours := params{"fields": "id"}
	var both sync.WaitGroup
	for range 8 {
		both.Go(func() { r.call(t.Context(), fb.GET, "me", ours) })
		both.Go(func() { r.call(t.Context(), fb.POST, "x", ours) })
	}
	both.Wait()
	if len(ours) != 1 {
		t.Errorf("the parameters became %v", ours)
	}
}

// Defect 8: Meta's times and nulls do not decode.
func TestDefectTimesAndNulls(t *testing.T) {
	var into struct {
		CreatedTime time.Time
		Message     string
	}
	res, _ := fb.MakeResult([]byte(`{"created_time":"2026-09-01T10:22:31+0000","message":null}`))
	if err := res.Decode(&into); err == nil {
		t.Log("the library now decodes Meta's times")
	}
	o := objectOf([]byte(`{"a":"2026-09-01T10:22:31+0000","b":"2026-09-01T12:22:31+02:00","c":1788258151,"d":"1788258151","e":null,"f":"x"}`))
	want := time.Date(2026, 9, 1, 10, 22, 31, 0, time.UTC)
	for _, name := range []string{"a", "b", "c", "d"} {
		if got := o.time(name); !got.Equal(want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !o.time("e").IsZero() || !o.time("f").IsZero() || o.text("e") != "" {
		t.Error("nothing became something")
	}
}

// Defect 9: the error of Validate holds the token; redirects are followed.
func TestDefectRedirectsAndValidate(t *testing.T) {
	away := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer away.Close()
	r := start(t)
	r.says(200, `{}`)
	if err := r.alone().Validate(); err == nil || !strings.Contains(err.Error(), sandbox.PageToken) {
		t.Logf("the library's Validate now says %v", err)
	}
	for _, f := range r.Check(t.Context()) {
		if strings.Contains(f.What+f.Mend, sandbox.PageToken) {
			t.Error("the token is in a finding")
		}
	}
	r.says(307, "", "Location", away.URL)
	if _, err := r.sweep(); readErr(t, err).Kind != ingest.Bad {
		t.Errorf("redirected read: %v", err)
	}
	r.requests()
	out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: "1_1", Text: "x"})
	if out.Result != ingest.Unclear || len(r.requests()) != 1 {
		t.Errorf("redirected write: %+v", out)
	}
}

// Our clock and theirs, contexts and bodies all go through the library.
func TestLibraryHonoursContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := start(t)
	r.answer = func(_ http.ResponseWriter, req *http.Request) {
		cancel()
		<-req.Context().Done()
	}
	if _, err := r.Observe(ctx, "1_1"); !errors.Is(err, context.Canceled) {
		t.Errorf("said %v", err)
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"1"}],"paging":{"cursors":{"after":"A"},"next":"x"},"error":{"code":"1"}}`))
	f.Fuzz(func(_ *testing.T, body []byte) {
		o := objectOf(body)
		p, _ := pageOf(o)
		for _, raw := range p.data {
			(&Client{}).comment(raw, o)
		}
		judge(failureOf(o), 400)
		usages(http.Header{"X-App-Usage": {string(body)}})
	})
}
