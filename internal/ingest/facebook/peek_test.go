package facebook

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

// What it costs a small practice: fifty posts with few comments.
func TestCallsOfASmallPractice(t *testing.T) {
	r := start(t)
	for i := range 50 {
		for j := range 3 {
			r.add(sandbox.Comment{Text: fmt.Sprint(i, j), Post: fmt.Sprint("post ", i)})
		}
	}
	known := r.mustSweep()
	if n := len(r.requests()); len(known) != 150 || n != 3 {
		t.Errorf("a sweep found %d comments in %d calls, want 150 in 3", len(known), n)
	}
	fresh := r.add(sandbox.Comment{Text: "new", Post: "post 7"})
	found, err := r.peek(known)
	if n := len(r.requests()); err != nil || found[fresh].Content.Text != "new" || n != 1 {
		t.Errorf("a peek found it: %v, in %d calls, want 1; %v", found[fresh].Content.Item == fresh, n, err)
	}
	if got := r.Meter(); got.Calls != 4 {
		t.Errorf("it counted %d calls", got.Calls)
	}
}

// A viral post: a peek goes on while everything is new, and no further. Several
// comments are of one second, in which their order is not known.
func TestPeekGoesOnWhileAllIsNew(t *testing.T) {
	r := start(t)
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	want := map[string]bool{}
	add := func(n int) {
		for i := range n {
			at = at.Add(time.Duration(i%2) * time.Second)
			want[r.add(sandbox.Comment{Text: "x", Post: "viral", Created: at})] = true
		}
	}
	add(500)
	known := r.mustSweep()
	r.requests()
	for _, c := range []struct{ fresh, calls int }{{0, 1}, {5, 1}, {20, 1}, {26, 2}, {120, 2}, {130, 3}} {
		add(c.fresh)
		found, err := r.peek(known)
		if n := len(r.requests()); err != nil || n != c.calls {
			t.Errorf("%d new ones took %d calls, want %d; %v", c.fresh, n, c.calls, err)
		}
		maps.Copy(known, found)
		if len(known) != len(want) {
			t.Errorf("of %d, %d were found", len(want), len(known))
		}
	}
}

// Without a memory of what was found, the mark keeps a peek from reading
// everything; without a mark it reads one page.
func TestPeekKnowsWhereToStop(t *testing.T) {
	r := start(t)
	now := time.Now().UTC()
	for i := range 300 { // one an hour
		r.add(sandbox.Comment{Text: "x", Post: "viral", Created: now.Add(-time.Duration(i) * time.Hour)})
	}
	if found, err := r.peek(nil); err != nil || len(found) != 25 { // a day and no more
		t.Errorf("found %d, %v", len(found), err)
	}
	for name, c := range map[string]struct {
		mark  time.Time
		known ingest.Known
		most  int
	}{
		"five days": {now.Add(-100 * time.Hour), nil, 25 + 100},
		"never":     {time.Time{}, nil, 25},
	} {
		n := 0
		err := r.Peek(t.Context(), ingest.Mark{Time: c.mark}, c.known, func(_ context.Context, b []ingest.Comment) error { n += len(b); return nil })
		if err != nil || n != c.most {
			t.Errorf("%s: found %d, want %d; %v", name, n, c.most, err)
		}
	}
}

// The lists besides the feed are looked at now and then, whether by a sweep or
// by a peek, and not again while they are refused.
func TestPeekLooksAtAdvertisementsNowAndThen(t *testing.T) {
	r := start(t)
	known := r.mustSweep()
	r.requests()
	ad := r.add(sandbox.Comment{Text: "ad", Post: "Ad", Kind: "dark"})
	for _, c := range []struct {
		later time.Duration
		calls int
	}{{time.Minute, 1}, {9 * time.Minute, 1}, {11 * time.Minute, 3}, {12 * time.Minute, 1}} {
		r.later = c.later
		found, err := r.peek(known)
		if _, there := found[ad]; err != nil || len(r.requests()) != c.calls || there != (c.calls == 3) {
			t.Errorf("after %v: the advertisement was found: %v, %v", c.later, there, err)
		}
	}
	r.fault(fault{"match": "/ads_posts", "do": "status", "times": -1, "status": 403, "body": `{"error":{"code":200}}`})
	for _, c := range []struct {
		later time.Duration
		calls int
	}{{30 * time.Minute, 3}, {50 * time.Minute, 2}} { // refused, and not asked for again
		r.later = c.later
		if _, err := r.peek(known); err != nil || len(r.requests()) != c.calls {
			t.Errorf("after %v: %v", c.later, err)
		}
	}
}

func TestPeekSaysWhatWentWrong(t *testing.T) {
	for body, kind := range map[string]ingest.ReadKind{
		`{"error":{"code":190,"error_subcode":460}}`: ingest.Dead,
		`{"error":{"code":80001}}`:                   ingest.Throttled,
		`{"error":{"code":10}}`:                      ingest.Forbidden,
	} {
		r := start(t)
		r.says(400, body)
		if _, err := r.peek(nil); readErr(t, err).Kind != kind || len(r.requests()) != 1 {
			t.Errorf("%s: %v", body, err)
		}
	}
	r := start(t)
	for range 30 {
		r.add(sandbox.Comment{Text: "x", Post: "viral"})
	}
	r.fault(fault{"match": "/comments", "do": "status", "status": 500, "body": "<html>"})
	if found, err := r.peek(nil); readErr(t, err).Kind != ingest.Temporary || len(found) != 25 {
		t.Errorf("found %d, %v", len(found), err)
	}
	full := errors.New("disk full")
	if err := r.Peek(t.Context(), ingest.Mark{}, nil, func(context.Context, []ingest.Comment) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

// renewing gives a token that died, and then the Page's.
type renewing struct{ asked []string }

func (k *renewing) Token(context.Context) (string, error) { return sandbox.ExpiredToken, nil }
func (k *renewing) Refused(_ context.Context, token string) (string, error) {
	k.asked = append(k.asked, token)
	return sandbox.PageToken, nil
}

func TestARenewedTokenReadsOn(t *testing.T) {
	r := start(t)
	id := r.add(sandbox.Comment{Text: "a"})
	k := &renewing{}
	client, err := New(Config{Page: sandbox.PageID, BaseURL: r.url}, Options{HTTP: http.DefaultClient, Tokens: k})
	if err != nil {
		t.Fatal(err)
	}
	if o, err := client.Observe(t.Context(), id); err != nil || o.Text != "a" || len(k.asked) != 1 {
		t.Errorf("%+v, %v", o, err)
	}
	out := client.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: id, Text: "hi"})
	if out.Result != ingest.Later || out.StopPosting || len(r.state(id).Replies) != 0 {
		t.Errorf("%+v", out)
	}
}

func TestPermit(t *testing.T) {
	asApp := func(c *Config) { c.AppID, c.AppSecret = sandbox.AppID, sandbox.AppSecret }
	r := start(t, asApp)
	got, err := r.Permit(t.Context())
	if days := time.Until(got.Expires) / (24 * time.Hour); err != nil || days < 88 || days > 91 || len(got.Lacks) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	r.says(200, `{"data":{"expires_at":0,"granular_scopes":[{"scope":"pages_read_engagement","target_ids":["`+sandbox.PageID+`"]},{"scope":"pages_messaging","target_ids":["5"]}]}}`)
	if got, err = r.Permit(t.Context()); err != nil || !got.Expires.IsZero() || strings.Join(got.Lacks, ",") != "pages_read_user_content,pages_manage_engagement,pages_messaging" {
		t.Errorf("%+v, %v", got, err)
	}
	r = start(t, asApp, func(c *Config) { c.Token = sandbox.ExpiredToken })
	if _, err := r.Permit(t.Context()); readErr(t, err).Kind != ingest.Dead {
		t.Errorf("expired: %v", err)
	}
}
