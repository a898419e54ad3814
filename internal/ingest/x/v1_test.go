package x

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// startOld is a rig whose stand-in speaks version 1.1 as X documents it, and
// verifies signatures as of requests for the public host.
func startOld(t *testing.T, change ...func(*Config)) *rig {
	r := start(t, append([]func(*Config){oauth1Config, func(c *Config) { c.API = v1Name }}, change...)...)
	r.answer = r.old
	return r
}

func (r *rig) old(w http.ResponseWriter, req *http.Request) bool {
	body, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	if !signatureFits(req, body, "https://api.twitter.com") {
		reply(w, 401, map[string]any{"errors": []any{map[string]any{"code": 32, "message": "Could not authenticate you."}}})
		return true
	}
	_ = req.ParseForm()
	r.mu.Lock()
	defer r.mu.Unlock()
	w.Header().Set("x-rate-limit-limit", "75")
	w.Header().Set("x-rate-limit-remaining", "15")
	w.Header().Set("x-rate-limit-reset", strconv.FormatInt(r.now.Add(time.Minute).Unix(), 10))
	q := req.Form
	switch call := strings.TrimPrefix(req.URL.Path, "/1.1/"); {
	case call == "account/verify_credentials.json":
		reply(w, 200, map[string]any{"id": 7, "id_str": "7", "screen_name": name})
	case strings.HasSuffix(call, "_timeline.json"):
		r.timeline(w, q, strings.HasPrefix(call, "statuses/user"))
	case call == "statuses/show.json":
		r.show(w, r.posts[q.Get("id")])
	case call == "statuses/lookup.json":
		out := []any{}
		for _, id := range strings.Split(q.Get("id"), ",") {
			if f := r.posts[id]; f != nil && !f.secret {
				out = append(out, r.renderOld(f, true))
			}
		}
		reply(w, 200, out)
	case call == "statuses/update.json" && q.Get("auto_populate_reply_metadata") == "true":
		id := r.write(fact{author: us, text: "@pat_example " + q.Get("status"), answers: q.Get("in_reply_to_status_id"), shown: 13})
		reply(w, 200, map[string]any{"id_str": id})
	case strings.HasPrefix(call, "statuses/destroy/"):
		id := strings.TrimSuffix(strings.TrimPrefix(call, "statuses/destroy/"), ".json")
		delete(r.posts, id)
		reply(w, 200, map[string]any{"id_str": id})
	default:
		reply(w, 404, map[string]any{"errors": []any{map[string]any{"code": 34, "message": "Sorry, that page does not exist."}}})
	}
	return true
}

// timeline answers with mentions or own posts, newest first, since_id exclusive
// and max_id not.
func (r *rig) timeline(w http.ResponseWriter, q url.Values, own bool) {
	var found []*fact
	for _, f := range r.posts {
		in := number(f.id) > number(q.Get("since_id")) && (q.Get("max_id") == "" || number(f.id) <= number(q.Get("max_id")))
		if in && (f.author == us) == own {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b *fact) int { return strings.Compare(b.id, a.id) })
	out := []any{}
	for _, f := range found[:min(r.pageSize, len(found))] {
		out = append(out, r.renderOld(f, q.Get("tweet_mode") == "extended"))
	}
	reply(w, 200, out)
}

func (r *rig) show(w http.ResponseWriter, f *fact) {
	switch {
	case f == nil:
		reply(w, 404, map[string]any{"errors": []any{map[string]any{"code": 144, "message": "No status found with that ID."}}})
	case f.secret:
		reply(w, 403, map[string]any{"errors": []any{map[string]any{"code": 179, "message": "Sorry, you are not authorized to see this status."}}})
	default:
		reply(w, 200, r.renderOld(f, true))
	}
}

func (r *rig) renderOld(f *fact, extended bool) map[string]any {
	names := []any{}
	for _, m := range r.namesIn(f.text) {
		m := m.(map[string]any)
		names = append(names, map[string]any{"id": 7, "id_str": us, "screen_name": name, "indices": []any{m["start"], m["end"]}})
	}
	id, _ := strconv.ParseInt(f.id, 10, 64)
	m := map[string]any{
		"id": id, "id_str": f.id, "created_at": madeAt(f.id).Format(time.RubyDate), "entities": map[string]any{"user_mentions": names},
		"user": map[string]any{"id_str": f.author, "name": "Pat", "screen_name": "pat_example"}, "in_reply_to_status_id_str": nil,
	}
	if extended {
		m["full_text"], m["display_text_range"] = f.text, []int{f.shown, len([]rune(f.text))}
	} else {
		m["text"] = f.text[:min(len(f.text), 140)]
	}
	if f.answers != "" {
		m["in_reply_to_status_id_str"] = f.answers
		if to := r.posts[f.answers]; to != nil {
			m["in_reply_to_user_id_str"] = to.author
		}
	}
	if q := r.posts[f.quotes]; q != nil {
		m["quoted_status_id_str"], m["quoted_status"] = q.id, map[string]any{"user": map[string]any{"id_str": q.author}}
	}
	if f.media {
		m["extended_entities"] = map[string]any{"media": []any{map[string]any{"type": "photo"}}}
	}
	if f.retweets != "" {
		m["retweeted_status"] = map[string]any{}
	}
	return m
}

// The same posts by version 1.1: read, observed, answered, taken down.
func TestOldVersionBothWays(t *testing.T) {
	r := startOld(t)
	root := r.add(fact{author: us, text: "Flu clinic"})
	id := r.add(fact{text: "@practice is it &lt;5 @practice? " + strings.Repeat("x", 200), shown: 10, answers: root, media: true})
	implicit := r.add(fact{text: "@practice thanks", shown: 10, answers: root})
	quote := r.add(fact{text: "nice", quotes: root})
	r.add(fact{text: "RT @practice", retweets: root})
	found := r.sweep()
	c := found[id]
	if len(c.Content.Text) < 200 || !strings.Contains(c.Content.Text, "<5") || !c.Media || c.CanHide || c.NoReply || !c.Unjudged || !c.Created.Equal(noon) ||
		c.Content.Author != "Pat" || c.Content.AuthorID != pat || c.Content.Post != root || c.Content.Parent != "" {
		t.Errorf("comment %+v, %q", c, c.Content.Text)
	}
	if _, ok := found[implicit]; ok || found[quote].Content.Item == "" || len(found) != 2 {
		t.Errorf("found %d", len(found))
	}
	if m := r.Meter(); m.Calls == 0 || m.Used != 80 {
		t.Errorf("the meter shows %+v", m)
	}
	out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: id, Text: "Please call us & ask: 100 %? ü"})
	o, err := r.Observe(t.Context(), id)
	if out.Result != ingest.Done || err != nil || len(o.Own) != 1 || o.Own[0].Item != out.Item || o.Own[0].Text != "Please call us & ask: 100 %? ü" {
		t.Errorf("%+v, then observed %+v, %v", out, o.Own, err)
	}
	if c := r.sweep()[out.Item]; !c.Own || c.Content.Parent != id || c.Content.Text != "Please call us & ask: 100 %? ü" {
		t.Errorf("own reply %+v under %s", c, c.Content.Parent)
	}
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Hide, Item: id}); out.Result != ingest.Refused {
		t.Errorf("hidden: %+v", out)
	}
	if taken := r.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: out.Item}); taken.Result != ingest.Done || r.posts[out.Item] != nil {
		t.Errorf("taken down: %+v", taken)
	}
	for _, f := range r.Check(t.Context()) {
		if !f.OK {
			t.Errorf("found %+v", f)
		}
	}
}

// Pages are asked for by hand, from the lowest id on, until one is empty.
func TestOldPages(t *testing.T) {
	r := startOld(t)
	r.pageSize = 4
	for range 10 {
		r.mention("x")
	}
	if found := r.sweep(); len(found) != 10 {
		t.Errorf("found %d of 10", len(found))
	}
	r.pass(8 * 24 * time.Hour)
	r.mention("y")
	r.took()
	found, _, err := r.swept(ingest.Mark{Time: r.clock()})
	if len(found) != 1 || err != nil || r.query(len(r.requests)-1).Get("since_id") == "" {
		t.Errorf("since a mark: found %d, %v", len(found), err)
	}
}

// What is left out is asked for together; alone, X tells why it is not shown.
func TestOldGoneIsNotForbidden(t *testing.T) {
	r := startOld(t)
	a, b := r.mention("a"), r.mention("b")
	r.sweep()
	r.posts[a].secret = true
	r.pageSize = 0
	r.took()
	if found := r.sweep(); found[b].Content.Item == "" || len(found) != 1 || !strings.Contains(strings.Join(r.took(), " "), "statuses/lookup.json") {
		t.Errorf("found %d", len(found))
	}
	if o, err := r.Observe(t.Context(), a); kindOf(err) != ingest.Forbidden || o.Gone {
		t.Errorf("protected: %+v, %v", o, err)
	}
	r.delete(b)
	if o, err := r.Observe(t.Context(), b); err != nil || !o.Gone {
		t.Errorf("deleted: %+v, %v", o, err)
	}
	if o, err := r.Observe(t.Context(), "9999999999999999999"); err != nil || !o.Gone {
		t.Errorf("an id that is too large: %+v, %v", o, err)
	}
}

// What the library takes for success is none: an answer of failure without an
// array of errors, an empty one, garbage.
func TestOldFailuresAreSeen(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		read   ingest.ReadKind
		write  ingest.Result
	}{
		{403, `{"title":"Forbidden","detail":"x","type":"about:blank","status":403}`, ingest.Forbidden, ingest.Refused},
		{401, `{"error":"Read-only application cannot POST."}`, ingest.Dead, ingest.Refused},
		{429, ``, ingest.Throttled, ingest.Later},
		{403, `{"errors":"text"}`, ingest.Forbidden, ingest.Refused},
		{403, `{"errors":[{"message":"You currently have access to a subset","code":453}]}`, ingest.Forbidden, ingest.Refused},
		{502, `<html>`, ingest.Temporary, ingest.Unclear},
		{200, ``, ingest.Bad, ingest.Unclear},
		{200, `{}`, ingest.Bad, ingest.Unclear},
		{200, `{"id_str":"1"`, ingest.Bad, ingest.Unclear},
		{200, `{"errors":[{"code":187,"message":"x"}]}`, ingest.Bad, ingest.Unclear},
		{204, ``, ingest.Bad, ingest.Unclear},
	} {
		r := startOld(t)
		r.says(c.status, c.body)
		if _, err := r.api.me(t.Context()); kindOf(err) != c.read {
			t.Errorf("%d %s: me read as %v", c.status, c.body, err)
		}
		if _, _, err := r.swept(ingest.Mark{}); kindOf(err) != c.read {
			t.Errorf("%d %s: swept with %v", c.status, c.body, err)
		}
		for _, kind := range []ingest.ActionKind{ingest.TakeDown, ingest.Reply} {
			out := r.api.write(t.Context(), order{kind: kind, id: "1", text: "x"})
			if out.Result != c.write || out.Why == "" {
				t.Errorf("%d %s: %s gave %+v", c.status, c.body, kind, out)
			}
		}
	}
}

// The library knows no context: ours ends its requests all the same.
func TestOldRequestsEnd(t *testing.T) {
	r := startOld(t)
	ctx, cancel := context.WithCancel(t.Context())
	r.answer = func(_ http.ResponseWriter, req *http.Request) bool {
		cancel()
		<-req.Context().Done()
		return true
	}
	if _, err := r.Observe(ctx, "1"); err == nil || ctx.Err() == nil {
		t.Errorf("said %v", err)
	}
}
