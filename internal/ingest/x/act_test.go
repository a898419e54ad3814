package x

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

func private(c *Config) { c.Private = true }

// lastBody is what the last request held.
func (r *rig) lastBody() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bodies[len(r.bodies)-1]
}

// dm makes a private message now.
func (r *rig) dm(from string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dms = append(r.dms, map[string]any{"id": "5", "event_type": "MessageCreate", "sender_id": from, "created_at": r.now.Format(time.RFC3339)})
}

// What is sent, in the words of the contract, by token and signed.
func TestActionsHappen(t *testing.T) {
	for _, change := range []func(*Config){func(*Config) {}, oauth1Config} {
		r := start(t, change, private)
		root := r.add(fact{author: us, text: "Flu clinic"})
		id := r.add(fact{text: "@practice hi @practice", shown: 10, answers: root, conversation: root})
		r.dm(pat)
		act := func(kind ingest.ActionKind, item string, want ...string) ingest.Outcome {
			t.Helper()
			r.took()
			out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: item, Text: "Please call us & ask: 100 %? ü 🩺"})
			if got := r.took(); out.Result != ingest.Done || out.Why != "" || !slices.Equal(got, want) {
				t.Fatalf("%s: %+v by %v", kind, out, got)
			}
			return out
		}
		made := act(ingest.Reply, id, "GET /2/tweets", "POST /2/tweets")
		if want := `{"reply":{"in_reply_to_tweet_id":"` + id + `"},"text":"Please call us \u0026 ask: 100 %? ü 🩺"}`; r.lastBody() != want {
			t.Errorf("sent %s, want %s", r.lastBody(), want)
		}
		act(ingest.Hide, id, "GET /2/tweets", "PUT /2/tweets/"+id+"/hidden")
		if !r.hidden[id] || r.lastBody() != `{"hidden":true}` {
			t.Errorf("sent %s", r.lastBody())
		}
		r.pass(time.Minute)
		other := r.mention("call me")
		if out := act(ingest.Private, other, "GET /2/tweets", "GET /2/dm_conversations/with/42/dm_events", "POST /2/dm_conversations/with/42/messages"); out.Item != "1" {
			t.Errorf("made %q", out.Item)
		}
		o, err := r.Observe(t.Context(), id)
		if err != nil || len(o.Own) != 1 || o.Own[0].Item != made.Item || o.Own[0].Text != "Please call us & ask: 100 %? ü 🩺" || o.Own[0].Created.IsZero() || !o.Answered {
			t.Errorf("observed %+v, %v", o, err)
		}
		if o, err := r.Observe(t.Context(), made.Item); err != nil || o.Text != "Please call us & ask: 100 %? ü 🩺" || len(o.Own) != 0 {
			t.Errorf("observed %+v, %v", o, err)
		}
		act(ingest.TakeDown, made.Item, "DELETE /2/tweets/"+made.Item)
		if o, err := r.Observe(t.Context(), made.Item); err != nil || !o.Gone {
			t.Errorf("observed %+v, %v", o, err)
		}
	}
}

func TestCapabilities(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"as shipped": {func(*Config) {}, "reply takedown hide"},
		"private":    {private, "reply takedown hide private"},
		"1.1":        {func(c *Config) { oauth1Config(c); c.API = v1Name }, "reply takedown"},
	} {
		caps := start(t, c.change).Capabilities()
		var can []string
		for _, a := range caps.Actions {
			can = append(can, string(a))
		}
		if got := strings.Join(can, " "); got != c.want || caps.MaxReply != 280 || caps.Length("我 https://cedar.example.com/a") != 26 {
			t.Errorf("%s: %s, %d", what, got, caps.MaxReply)
		}
	}
}

// An edit gives a new id: that is acted on, by the id that the comment keeps.
func TestActsOnTheNewestVersion(t *testing.T) {
	for _, change := range []func(*Config){func(*Config) {}, newNames} {
		r := start(t, change)
		id := r.mention("my knee")
		r.pass(time.Minute)
		second := r.edit(id, "@practice my other knee")
		if o, err := r.Observe(t.Context(), id); err != nil || o.Text != "@practice my other knee" {
			t.Errorf("observed %q, %v", o.Text, err)
		}
		if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: id, Text: "hi"}); out.Result != ingest.Done || !strings.Contains(r.lastBody(), second) {
			t.Errorf("%+v: sent %s", out, r.lastBody())
		}
		r.add(fact{author: us, text: "to the first version", answers: id, conversation: id})
		if o, err := r.Observe(t.Context(), id); err != nil || len(o.Own) != 2 {
			t.Errorf("observed %d replies, %v", len(o.Own), err)
		}
	}
}

// An old version that X lost does not make the post one that is gone.
func TestRemembersTheNewestVersion(t *testing.T) {
	r := start(t)
	id := r.mention("my knee")
	r.pass(time.Minute)
	r.edit(id, "@practice my other knee")
	r.sweep()
	delete(r.posts, id)
	if o, err := r.Observe(t.Context(), id); err != nil || o.Gone || o.Text != "@practice my other knee" {
		t.Errorf("observed %+v, %v", o, err)
	}
}

func TestGoneIsNotForbidden(t *testing.T) {
	r := start(t)
	id := r.mention("a")
	r.posts[id].secret = true
	o, err := r.Observe(t.Context(), id)
	if kindOf(err) != ingest.Forbidden || o.Gone {
		t.Errorf("protected: %+v, %v", o, err)
	}
	out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: id, Text: "hi"})
	if out.Result != ingest.Refused || !strings.Contains(out.Why, "protected") {
		t.Errorf("protected: %+v", out)
	}
	r.delete(id)
	if o, err := r.Observe(t.Context(), id); err != nil || !o.Gone {
		t.Errorf("deleted: %+v, %v", o, err)
	}
	out = r.Act(t.Context(), ingest.Action{Kind: ingest.Hide, Item: id})
	if out.Result != ingest.Refused || out.Code != "resource-not-found" {
		t.Errorf("deleted: %+v", out)
	}
	for _, body := range []string{`{}`, `{"errors":[]}`, `{"errors":[{"type":"about:blank","title":"x"}]}`, `{"data":[]}`, `{"data":{}}`, `{"errors":"x"}`} {
		r.says(200, body)
		if o, err := r.Observe(t.Context(), id); err == nil || o.Gone {
			t.Errorf("%s: %+v", body, o)
		}
	}
	r.recent[id] = sight{"9", noon} // two ids are asked for then
	r.says(200, `{"errors":[{"resource_id":"9","type":"x/resource-not-found"}]}`)
	if o, err := r.Observe(t.Context(), id); err == nil || o.Gone {
		t.Errorf("half an answer: %+v", o)
	}
	r.says(402, ``)
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Hide, Item: id}); out.Result != ingest.Later || out.After != spentWait {
		t.Errorf("without credits: %+v", out)
	}
	r.says(500, ``)
	if o, err := r.Observe(t.Context(), id); kindOf(err) != ingest.Temporary || o.Gone {
		t.Errorf("trouble: %+v, %v", o, err)
	}
	if _, err := r.Observe(t.Context(), "../1"); err == nil {
		t.Error("observed nothing")
	}
}

// What X would refuse, or must not be done, is not sent.
func TestNotSent(t *testing.T) {
	r := start(t)
	root := r.add(fact{author: us, text: "Flu clinic"})
	free := r.mention("hi")
	bound := r.add(fact{text: "@practice hi", shown: 10, answers: root, conversation: root})
	for what, c := range map[string]struct {
		a    ingest.Action
		says string
	}{
		"no item":         {ingest.Action{Kind: ingest.Reply, Text: "x"}, "nothing to send"},
		"an odd item":     {ingest.Action{Kind: ingest.Reply, Item: "1/../2", Text: "x"}, "nothing to send"},
		"no text":         {ingest.Action{Kind: ingest.Reply, Item: free}, "nothing to send"},
		"unknown":         {ingest.Action{Kind: "dance", Item: free}, "by hand"},
		"private":         {ingest.Action{Kind: ingest.Private, Item: free, Text: "x"}, "switched off"},
		"a link":          {ingest.Action{Kind: ingest.Reply, Item: free, Text: "see cedar-clinic.com"}, "charges"},
		"too long":        {ingest.Action{Kind: ingest.Reply, Item: free, Text: strings.Repeat("a", 281)}, "281 of at most 280"},
		"not summoned":    {ingest.Action{Kind: ingest.Reply, Item: bound, Text: "x"}, "by hand on x.com"},
		"not ours":        {ingest.Action{Kind: ingest.Hide, Item: free}, "conversations that it began"},
		"a reply of ours": {ingest.Action{Kind: ingest.Hide, Item: root}, "conversations that it began"},
	} {
		r.took()
		out := r.Act(t.Context(), c.a)
		sent := strings.Join(r.took(), " ")
		if out.Result != ingest.Refused || !strings.Contains(out.Why, c.says) || strings.Contains(sent, "POST") || strings.Contains(sent, "PUT") {
			t.Errorf("%s: %+v by %s", what, out, sent)
		}
	}
	links := start(t, func(c *Config) { c.Links = true })
	if out := links.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: links.mention("hi"), Text: "see cedar-clinic.com"}); out.Result != ingest.Done {
		t.Errorf("with links: %+v", out)
	}
}

func TestDeepLink(t *testing.T) {
	r := start(t, func(c *Config) { c.DeepLink = true })
	r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: r.mention("hi"), Text: "Please write to us."})
	if !strings.Contains(r.lastBody(), `"direct_message_deep_link":"https://x.com/messages/compose?recipient_id=7"`) {
		t.Errorf("sent %s", r.lastBody())
	}
}

// Private messages go only to people who wrote first, and never twice.
func TestPrivateOnlyToWhoWroteFirst(t *testing.T) {
	r := start(t, private)
	act := func(item string) ingest.Outcome {
		return r.Act(t.Context(), ingest.Action{Kind: ingest.Private, Item: item, Text: "hi"})
	}
	id := r.mention("hi")
	if out := act(id); out.Result != ingest.Refused || !strings.Contains(out.Why, "never wrote") {
		t.Errorf("a stranger: %+v", out)
	}
	r.dm(pat)
	if out := act(id); out.Result != ingest.Done || out.Code != "" {
		t.Errorf("who wrote: %+v", out)
	}
	r.took()
	if out := act(id); out.Result != ingest.Done || out.Code != "answered" || strings.Contains(strings.Join(r.took(), " "), "POST") {
		t.Errorf("again: %+v", out)
	}
	r.pass(time.Minute)
	if out := act(r.mention("and now?")); out.Result != ingest.Done || out.Code != "" {
		t.Errorf("about another mention: %+v", out)
	}
	r.when("GET /2/dm_conversations", 403, `{"title":"Forbidden","detail":"x","type":"about:blank"}`)
	if o, err := r.Observe(t.Context(), id); err != nil || o.Answered {
		t.Errorf("without the permission: %+v, %v", o, err)
	}
	if out := act(id); out.Result != ingest.Refused {
		t.Errorf("without the permission: %+v", out)
	}
	r.when("GET /2/dm_conversations", 429, ``)
	if _, err := r.Observe(t.Context(), id); kindOf(err) != ingest.Throttled {
		t.Errorf("limited: %v", err)
	}
	if out := act(id); out.Result != ingest.Later || out.After < time.Minute {
		t.Errorf("limited: %+v", out)
	}
}

// The lost answer: stored, then cut. The outcome is unclear, one reply stands,
// and looking finds it.
func TestLostAnswer(t *testing.T) {
	for _, stored := range []bool{true, false} {
		r := start(t)
		id := r.mention("hi")
		r.answer = func(_ http.ResponseWriter, req *http.Request) bool {
			if req.Method != http.MethodPost {
				return false
			}
			if stored {
				r.add(fact{author: us, text: "@pat_example hi", shown: 13, answers: id, conversation: id})
			}
			panic(http.ErrAbortHandler)
		}
		r.sweep() // a connection stands and is used again
		r.took()
		out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: id, Text: "hi"})
		if calls := r.took(); out.Result != ingest.Unclear || out.Why == "" || len(calls) != 2 {
			t.Errorf("%+v by %v", out, calls)
		}
		o, err := r.Observe(t.Context(), id)
		if found := len(o.Own) == 1 && o.Own[0].Text == "hi"; err != nil || found != stored {
			t.Errorf("stored %v: observed %+v, %v", stored, o, err)
		}
	}
}
