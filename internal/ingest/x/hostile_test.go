package x

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zapcore"

	"triage/internal/ingest"
)

func old(c *Config) { oauth1Config(c); c.API = v1Name }

// A list of nothing but nonsense is no list, nor is one that contradicts itself.
func TestNonsenseIsNoList(t *testing.T) {
	for _, body := range []string{
		`{"data":[7,null,"x",[[]]],"id":{},"error":"x","errors":"x"}`, `{"data":[{}]}`, `{"data":[{"id":"../1"},{"text":"no id"}]}`,
		`{"data":[],"meta":{"result_count":2}}`, `{"meta":7}`, `{"meta":"x"}`, `{"meta":{"result_count":3}}`, `{"data":null,"meta":{"result_count":"1"}}`,
		`{"data":[{"id":"1"}],"meta":{"next_token":{}}}`, `{"meta":{"next_token":["x"]}}`,
	} {
		r := start(t, inference)
		r.says(200, body)
		if _, _, err := r.swept(ingest.Mark{}); kindOf(err) != ingest.Bad {
			t.Errorf("%s: swept with %v", body, err)
		}
		found := r.Check(t.Context())
		if last := found[len(found)-1]; last.OK {
			t.Errorf("%s: found %+v", body, found)
		}
	}
	for _, body := range []string{`[7,null,"x",[[]]]`, `[{}]`, `[{"id_str":"x"}]`} {
		r := start(t, old)
		r.says(200, body)
		if _, _, err := r.swept(ingest.Mark{}); kindOf(err) != ingest.Bad {
			t.Errorf("1.1, %s: swept with %v", body, err)
		}
	}
	r := start(t)
	r.says(200, `{"data":{}}`)
	if found := r.Check(t.Context()); !strings.Contains(found[0].Mend, "base_url") {
		t.Errorf("of nobody's account it says %+v", found[0])
	}
}

// What is left out among good entries is told.
func TestOddEntriesAreTold(t *testing.T) {
	for _, change := range []func(*Config){inference, func(c *Config) { old(c); inference(c) }} {
		r := start(t, change)
		r.answer = func(w http.ResponseWriter, req *http.Request) bool {
			list := `[{"id":"12","id_str":"12","text":"a","author_id":"42"},7,{"id":"x"}]`
			if !strings.HasPrefix(req.URL.Path, "/1.1/") {
				list = `{"data":` + list + `}`
			}
			if req.URL.Query().Has("max_id") {
				list = `[]`
			}
			_, _ = io.WriteString(w, list)
			return true
		}
		found := r.sweep()
		told := r.logs.FilterLevelExact(zapcore.WarnLevel).FilterMessageSnippet("no posts").All()
		if len(found) != 1 || len(told) != 1 || told[0].ContextMap()["count"] != int64(4) {
			t.Errorf("found %d, told %v", len(found), told)
		}
	}
}

// An answer about another post is none: neither is that observed, nor acted on.
func TestAnswerAboutAnotherPost(t *testing.T) {
	for _, change := range []func(*Config){func(*Config) {}, old} {
		r := start(t, change)
		r.answer = func(w http.ResponseWriter, req *http.Request) bool {
			list := `{"id":"999","id_str":"999","full_text":"@practice x","text":"@practice x","author_id":"42","user":{"id_str":"42"},
				"entities":{"mentions":[{"start":0,"end":9,"id":"7"}],"user_mentions":[{"indices":[0,9],"id_str":"7"}]}}`
			if !strings.HasPrefix(req.URL.Path, "/1.1/") {
				list = `{"data":[` + list + `]}`
			}
			_, _ = io.WriteString(w, list)
			return true
		}
		if o, err := r.Observe(t.Context(), "5"); kindOf(err) != ingest.Bad || o.Text != "" {
			t.Errorf("observed %q, %v", o.Text, err)
		}
		r.took()
		if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: "5", Text: "hi"}); out.Result != ingest.Later || strings.Contains(fmt.Sprint(r.took()), "POST") {
			t.Errorf("%+v", out)
		}
	}
}

// A page that is not X's, though it says 404, takes no post for deleted.
func TestAnothersNotFoundIsNotGone(t *testing.T) {
	for _, body := range []string{``, `<html>Not found</html>`, `{}`, `[]`} {
		for _, change := range []func(*Config){func(*Config) {}, old} {
			r := start(t, change)
			r.says(404, body)
			if o, err := r.Observe(t.Context(), "5"); kindOf(err) != ingest.Bad || o.Gone {
				t.Errorf("%q: gone %v, %v", body, o.Gone, err)
			}
			if out := r.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: "5"}); out.Result != ingest.Refused || !strings.Contains(out.Why, "firewall") {
				t.Errorf("%q: %+v", body, out)
			}
		}
	}
}

// A page of nothing but what the account repeated is not the end of its posts.
func TestOldPageOfRepeats(t *testing.T) {
	r := startOld(t)
	r.pageSize = 3
	id := r.mention("hi")
	r.add(fact{author: us, text: "@pat_example Please call us.", shown: 13, answers: id})
	for range 4 {
		r.add(fact{author: us, text: "RT @pat_example: hi", retweets: id})
	}
	if o, err := r.Observe(t.Context(), id); err != nil || len(o.Own) != 1 {
		t.Errorf("observed %d own replies, %v", len(o.Own), err)
	}
}

// What the account posted is its own, also where X does not tell whose it is.
func TestOwnWithoutAuthor(t *testing.T) {
	r := start(t, inference)
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		body := `{"meta":{"result_count":0}}`
		if strings.HasSuffix(req.URL.Path, "/tweets") {
			body = `{"data":[{"id":"12","text":"Please call us.","referenced_tweets":[{"type":"replied_to","id":"5"}],"edit_history_tweet_ids":["11","12"]}]}`
		}
		_, _ = io.WriteString(w, body)
		return true
	}
	if c := r.sweep()["11"]; !c.Own || c.Content.Parent != "5" {
		t.Errorf("read as %+v", c)
	}
}

// The limit of posting slows posting, not reading.
func TestPostingLimitLeavesReadingAlone(t *testing.T) {
	for _, change := range []func(*Config){private, old} {
		r := start(t, change)
		r.says(403, `{"title":"x","detail":"y"}`, "x-user-limit-24hour-limit", "17", "x-user-limit-24hour-remaining", "0",
			"x-user-limit-24hour-reset", fmt.Sprint(noon.Add(20*time.Hour).Unix()))
		for _, kind := range []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown} {
			r.api.write(t.Context(), order{kind: kind, id: "1", to: "2", text: "x"})
		}
		_, _ = r.api.me(t.Context())
		if m := r.Meter(); m.Used != 0 || m.Calls < 3 {
			t.Errorf("the meter shows %+v", m)
		}
	}
}

// No answer asks to wait for years, nor are thousands of errors read.
func TestHostileFailures(t *testing.T) {
	r := start(t)
	r.says(503, ``, "Retry-After", "2147483647")
	_, err := r.api.me(t.Context())
	if e, ok := err.(*ingest.ReadError); !ok || e.RetryAfter != longestWait {
		t.Errorf("%+v", err)
	}
	f := failureOf([]byte(`{"errors":[` + strings.Repeat(`{"title":"`+strings.Repeat("x", 3000)+`"},`, 5000) + `{}]}`))
	if most := mostErrors * (mostWords + 10); len(f.says) > most || !f.known {
		t.Errorf("%d bytes are looked at", len(f.says))
	}
}

// However much was handed on, a sweep asks for the newest of it only, and
// remembers no more than it must.
func TestLooksAgainWithinBounds(t *testing.T) {
	r := start(t)
	for i := range recentMost + 5000 {
		id := idAt(noon.Add(-time.Duration(i) * time.Second))
		r.recent[id] = sight{id, madeAt(id)}
	}
	r.answer = func(w http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path != "/2/tweets" {
			return false
		}
		var errs []string
		for _, id := range strings.Split(req.URL.Query().Get("ids"), ",") {
			errs = append(errs, `{"resource_id":"`+id+`","type":"x/not-authorized-for-resource"}`)
		}
		_, _ = io.WriteString(w, `{"errors":[`+strings.Join(errs, ",")+`]}`)
		return true
	}
	r.sweep()
	if calls := len(r.took()); calls != 2+againMost/lookupMost || len(r.recent) != recentMost {
		t.Errorf("%d calls, remembers %d", calls, len(r.recent))
	}
	if _, newest := r.recent[idAt(noon)]; !newest || !strings.Contains(r.query(2+againMost/lookupMost-1).Get("ids"), idAt(noon)) {
		t.Error("the newest is not among them")
	}
}

// That X shows too few mentions is told where it cost some, and once.
func TestGapIsTold(t *testing.T) {
	r := start(t)
	lost := func() int { return r.logs.FilterMessageSnippet("newest mentions").Len() }
	many := func(n int) {
		for i := range n {
			r.pass(time.Second)
			r.mention(strconv.Itoa(i))
		}
	}
	mark := ingest.Mark{Time: noon.Add(-time.Hour)}
	sweep := func() {
		t.Helper()
		var err error
		if _, mark, err = r.swept(mark); err != nil {
			t.Fatal(err)
		}
	}
	many(700)
	if sweep(); lost() != 0 || len(r.Posts()) != 700 {
		t.Errorf("all was shown, said %d times; whole %d", lost(), len(r.Posts()))
	}
	many(100)
	if sweep(); lost() != 0 {
		t.Errorf("nothing was lost, said %d times", lost())
	}
	many(900)
	if sweep(); lost() != 1 || len(r.Posts()) != 0 {
		t.Errorf("a hundred were lost, said %d times; whole %d", lost(), len(r.Posts()))
	}
	if sweep(); lost() != 1 {
		t.Errorf("said again: %d times", lost())
	}
	again := start(t) // a process that knows the mark only
	again.posts, again.now = r.posts, r.now
	if _, _, err := again.swept(ingest.Mark{Time: noon}); err != nil || again.logs.FilterMessageSnippet("newest mentions").Len() != 1 {
		t.Errorf("after a restart: %v", err)
	}
}

// A mark of a clock that was wrong does not hide what came since.
func TestMarkOfTheFuture(t *testing.T) {
	r := start(t)
	r.mention("hi")
	found, mark, err := r.swept(ingest.Mark{Time: noon.AddDate(1, 0, 0)})
	if err != nil || len(found) != 1 || !mark.Time.Equal(noon) {
		t.Errorf("found %d, %v, mark %v", len(found), err, mark)
	}
}

// Trouble with one look-up does not settle for good who wrote what is quoted.
func TestTroubleIsNotRemembered(t *testing.T) {
	r := start(t)
	ours := r.add(fact{author: us, text: "Flu clinic"})
	r.posts[ours].secret = true // so it does not come along
	id := r.add(fact{text: "how nice", quotes: ours})
	r.when("GET /2/tweets", 200, `{"errors":[{"resource_id":"`+ours+`","title":"x","detail":"y","type":"x/resource-unavailable"}]}`)
	if _, _, err := r.swept(ingest.Mark{}); kindOf(err) != ingest.Temporary {
		t.Errorf("said %v", err)
	}
	r.answer, r.posts[ours].secret = nil, false
	if _, ok := r.sweep()[id]; !ok {
		t.Error("the mention stays unknown")
	}
}

// Private messages are asked for only of people who take them, and one without a
// time counts: a second one must not be sent.
func TestPrivateMessagesAreReadWithCare(t *testing.T) {
	r := start(t, private)
	id := r.mention("hi")
	r.dm(pat)
	r.dms = append(r.dms, map[string]any{"id": "6", "event_type": "MessageCreate", "sender_id": us})
	if o, err := r.Observe(t.Context(), id); err != nil || !o.Answered {
		t.Errorf("observed %+v, %v", o, err)
	}
	r.took()
	shut := r.add(fact{author: "43", text: "@practice hi"})
	if _, err := r.Observe(t.Context(), shut); err != nil || strings.Contains(fmt.Sprint(r.took()), "dm_conversations") {
		t.Errorf("asked for the messages of somebody who takes none, %v", err)
	}
	r.when("GET /2/dm_conversations", 404, `{"title":"Not Found Error","type":"https://api.x.com/2/problems/resource-not-found","detail":"x"}`)
	if o, err := r.Observe(t.Context(), id); err != nil || o.Answered {
		t.Errorf("without a conversation: %+v, %v", o, err)
	}
	if n, limit := r.Capabilities().Count(ingest.Private, "我們"); n != 2 || limit != maxPrivate {
		t.Errorf("counts %d of %d", n, limit)
	}
}
