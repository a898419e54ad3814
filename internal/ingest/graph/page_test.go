package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

func TestMembersAreReadLeniently(t *testing.T) {
	o := ObjectOf([]byte(`{"a":"2026-09-01T10:22:31+0000","b":"2026-09-01T12:22:31+02:00","c":1788258151,"d":"1788258151","e":null,"f":"x","g":0,
		"yes":true,"one":1,"true":"true","no":"no","n":"12","big":1e40,"list":["1",2,null],"o":{"id":7}}`))
	want := time.Date(2026, 9, 1, 10, 22, 31, 0, time.UTC)
	for _, name := range []string{"a", "b", "c", "d"} {
		if got := o.Time(name); !got.Equal(want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !o.Time("e").IsZero() || !o.Time("f").IsZero() || !o.Time("g").IsZero() || o.Text("e") != "" || o.Has("e") || o.Has("absent") || o.Text("list") != "" {
		t.Error("nothing became something")
	}
	if !o.Flag("yes") || !o.Flag("one") || !o.Flag("true") || o.Flag("no") || o.Flag("e") || o.Number("n") != 12 || o.Number("big") != 0 || o.Number("f") != 0 {
		t.Error("a flag or number is misread")
	}
	if got := o.texts("list"); fmt.Sprint(got) != "[1 2 ]" || o.texts("f") == nil || o.Object("o").Text("id") != "7" || o.Object("f") != nil {
		t.Errorf("list %q", got)
	}
	if (Object)(nil).Text("x") != "" || ObjectOf([]byte(`[]`)) != nil {
		t.Error("no object has members")
	}
}

func TestTitle(t *testing.T) {
	if got := Title(" a\n b "); got != "a b" {
		t.Errorf("%q", got)
	}
	if got := []rune(Title(strings.Repeat("ü", 200))); len(got) != titleLength || got[titleLength-1] != '…' {
		t.Errorf("%d runes", len(got))
	}
}

// A server whose list never ends, or whose next page cannot be asked for.
func TestEndlessLists(t *testing.T) {
	for _, paging := range []string{`{"cursors":{"after":"A"},"next":"x"}`, `{"next":"https://x/?a=b"}`, `{"next":"%zz"}`} {
		r := start(t)
		r.says(200, `{"data":[],"paging":`+paging+`}`)
		err := r.Walk(t.Context(), List{Path: "1/feed"}, func(Page) (bool, error) { return false, nil })
		if readErr(t, err).Kind != ingest.Bad || len(r.requests()) > 3 {
			t.Errorf("%s: %v", paging, err)
		}
	}
	r, n := start(t), 0
	r.answer = func(w http.ResponseWriter, _ *http.Request) {
		n++
		_, _ = fmt.Fprintf(w, `{"data":[],"paging":{"cursors":{"after":"%d"},"next":"x"}}`, n)
	}
	err := r.Walk(t.Context(), List{Path: "1/feed"}, func(Page) (bool, error) { return false, nil })
	if readErr(t, err).Kind != ingest.Bad || n != maxPages {
		t.Errorf("%d pages: %v", n, err)
	}
}

// Lists paged by time have no cursors; the last page of some has no paging.
func TestPages(t *testing.T) {
	for raw, want := range map[string]string{
		`{"data":[],"paging":{"next":"https://x/?until=5&__paging_token=7&access_token=s"}}`: "0 map[__paging_token:7 until:5] true",
		`{"data":[1],"paging":{"cursors":{"after":"A"}}}`:                                    "1 map[] true",
		`{"data":[1,2]}`: "2 map[] true",
		`{"data":[1,2],"paging":{"cursors":{"after":7},"next":"x"}}`: "2 map[after:7] true",
		`{"data":{}}`: "0 map[] false", `{}`: "0 map[] false", `[]`: "0 map[] false", `{"data":null}`: "0 map[] false",
		`{"data":[1],"paging":{"next":"x"}}`: "1 map[] false",
	} {
		p, ok := PageOf(ObjectOf([]byte(raw)))
		if got := fmt.Sprint(len(p.Data), p.More, ok); got != want {
			t.Errorf("%s: %s, want %s", raw, got, want)
		}
	}
}

func TestPagesWithinObjects(t *testing.T) {
	o := ObjectOf([]byte(`{"fine":{"data":[1],"paging":{"cursors":{"after":"A"},"next":"x"}},"last":{"data":[1]},"odd":7,"none":null}`))
	for name, want := range map[string]string{"fine": "1 map[after:A] false", "last": "1 map[] true", "odd": "0 map[] false", "none": "0 map[] true", "absent": "0 map[] true"} {
		p := Within(o, name)
		if got := fmt.Sprint(len(p.Data), p.More, p.More == nil); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// What a list is asked for when it is too much, when its cursor died, and how
// often that is borne.
func TestWalkGoesOn(t *testing.T) {
	r := start(t)
	var asked []string
	script := []string{`{"error":{"code":1}}`, `{"data":[1],"paging":{"cursors":{"after":"A"},"next":"x"}}`, `{"error":{"code":100}}`,
		`{"data":[1],"paging":{"cursors":{"after":"B"},"next":"x"}}`, `{"data":[1]}`}
	r.answer = func(w http.ResponseWriter, req *http.Request) {
		asked = append(asked, req.FormValue("limit")+req.FormValue("after"))
		if strings.Contains(script[0], "error") {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = w.Write([]byte(script[0]))
		script = script[1:]
	}
	n := 0
	err := r.Walk(t.Context(), List{Path: "1/feed", Page: Params{"limit": 50}}, func(p Page) (bool, error) { n += len(p.Data); return false, nil })
	if err != nil || n != 3 || strings.Join(asked, " ") != "50 25 25A 25 25B" {
		t.Errorf("%d, %v, asked %v", n, err, asked)
	}
	r.says(400, `{"error":{"code":100}}`)
	r.requests()
	err = r.Walk(t.Context(), List{Path: "1/feed", After: Params{"after": "A"}}, func(Page) (bool, error) { return false, nil })
	if CodeOf(err) != "100" || len(r.requests()) != 2 { // with the cursor, and from the start
		t.Errorf("%v", err)
	}
	stop := errors.New("stop")
	r.says(200, `{"data":[1],"paging":{"cursors":{"after":"A"},"next":"x"}}`)
	if err := r.Walk(t.Context(), List{Path: "1"}, func(Page) (bool, error) { return false, stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

func TestMishaps(t *testing.T) {
	late, cancel := context.WithCancel(t.Context())
	cancel()
	bad := &ingest.ReadError{Kind: ingest.Bad, Status: 400}
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		ends bool
		kept bool
	}{
		"none": {t.Context(), nil, false, false}, "gone": {t.Context(), &ingest.ReadError{Code: "100/33"}, false, false},
		"bad": {t.Context(), bad, false, true}, "forbidden": {t.Context(), &ingest.ReadError{Kind: ingest.Forbidden, Status: 403}, false, true},
		"dead": {t.Context(), &ingest.ReadError{Kind: ingest.Dead}, true, false}, "throttled": {t.Context(), &ingest.ReadError{Kind: ingest.Throttled}, true, false},
		"unreachable": {t.Context(), &ingest.ReadError{Kind: ingest.Temporary}, true, false}, "trouble": {t.Context(), &ingest.ReadError{Kind: ingest.Temporary, Status: 500}, false, true},
		"ours": {t.Context(), errors.New("disk full"), true, false}, "over": {late, bad, true, false},
	} {
		var m Mishaps
		if got := m.Keep(c.ctx, c.err); (got != nil) != c.ends || (m.Err() != nil) != c.kept {
			t.Errorf("%s: %v, kept %v", name, got, m.Err())
		}
	}
	var m Mishaps
	for i := range maxMishaps {
		if err := m.Keep(t.Context(), bad); (err != nil) != (i == maxMishaps-1) {
			t.Errorf("mishap %d: %v", i, err)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"1"}],"paging":{"cursors":{"after":"A"},"next":"x"},"error":{"code":"1"}}`))
	f.Add([]byte(`{"data":{"scopes":["a"],"granular_scopes":[{"scope":"a","target_ids":["1"]}],"expires_at":0}}`))
	f.Fuzz(func(_ *testing.T, body []byte) {
		o := ObjectOf(body)
		_, _ = PageOf(o)
		Within(o, "data")
		lacks(o.Object("data"), []string{"a"}, nil)
		ends(o.Object("data"))
		judge(failureOf(o), 400)
		usages(http.Header{"X-App-Usage": {string(body)}})
	})
}
