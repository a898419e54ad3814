package x_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// tweet posts as the practice, in reply to a post unless to is empty.
func (b *box) tweet(text, to string) reply {
	b.Helper()
	body := map[string]any{"text": text}
	if to != "" {
		body["reply"] = map[string]string{"in_reply_to_tweet_id": to}
	}
	raw, _ := json.Marshal(body)
	return b.send("POST", "/2/tweets", string(raw))
}

func TestReply(t *testing.T) {
	b := open(t)
	id := b.say("my knee", `,"author":"Pat Example"`)
	r := b.tweet("Please call us.", id)
	b.want("created", r.status, 201)
	b.want("text", r.at("data", "text"), "@pat_example Please call us.")
	ours, _ := r.at("data", "id").(string)
	p := b.get("/2/tweets/" + ours + "?" + fields).at("data")
	b.want("answers", at(p, "referenced_tweets", 0, "id"), id)
	b.want("by us", at(p, "author_id"), sandbox.XUserID)
	b.want("shown from", at(p, "display_text_range", 0), float64(len("@pat_example ")))
	b.want("not a mention", b.get(mentions).ids(), id)
	state := b.get("/_sandbox/state")
	b.want("in the state", state.at("comments", 0, "replies", 0, "text"), "Please call us.")
	b.want("by", state.at("comments", 0, "replies", 0, "by"), sandbox.PageName)
	b.want("id", state.at("comments", 0, "replies", 0, "id"), ours)
	b.want("deleted", b.send("DELETE", "/2/tweets/"+ours, "").at("data", "deleted"), true)
	b.says("gone", b.get("/2/tweets/"+ours), 200, "resource-not-found")
	b.want("no reply", b.get("/_sandbox/state").at("comments", 0, "replies", 0), nil)
}

func TestWhoMayBeAnswered(t *testing.T) {
	b := open(t)
	const refused = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to."
	for i, c := range []struct {
		more   string
		status int
	}{
		{`"mention":"explicit"`, 201},
		{`"mention":"implicit"`, 403}, // X's own @name before a reply does not count
		{`"mention":"none"`, 403},
		{`"mention":"quote"`, 201},
		{`"conversation":"own"`, 201},
	} {
		id := b.say("a", `,"more":{`+c.more+`}`)
		r := b.tweet(fmt.Sprint("answer ", i), id)
		b.want(c.more, r.status, c.status)
		if c.status == 403 {
			b.says(c.more, r, 403, refused)
			b.want("type", r.at("type"), "about:blank")
		}
	}
	b.turn("replies", "any")
	id := b.say("a", `,"more":{"mention":"none"}`)
	b.want("enterprise", b.tweet("answer", id).status, 201)
	b.send("DELETE", "/_sandbox/comments/"+id, "")
	b.says("gone", b.tweet("another", id), 403, "deleted or not visible to you")
	b.want("ourselves", b.tweet("One thing more", b.post()).status, 201)
	b.turn("replies", "summoned")
	quote := func(id string) reply {
		return b.send("POST", "/2/tweets", `{"text":"see","quote_tweet_id":"`+id+`"}`)
	}
	b.says("quote", quote(b.say("q", `,"more":{"mention":"none"}`)), 403, "Quoting this post is not allowed")
	r := b.send("POST", "/2/tweets", `{"text":"Write to us","reply":{"in_reply_to_tweet_id":"`+b.say("l", "")+`"},"direct_message_deep_link":"https://x.com/messages/compose?recipient_id=7"}`)
	b.want("link", r.status, 201)
	b.says("link", b.get("/_sandbox/state"), 200, `"deep_link":"https://x.com/messages/compose?recipient_id=7"`)
	b.want("quote of who mentioned us", quote(b.say("q", "")).status, 201)
}

func TestWhatCannotBePosted(t *testing.T) {
	b := open(t)
	id := b.say("a", "")
	b.want("280", b.tweet(strings.Repeat("a", 256)+" https://example.org/"+strings.Repeat("b", 90), "").status, 201)
	b.says("281", b.tweet(strings.Repeat("a", 281), ""), 403, "Your Tweet text is too long.")
	b.says("wide", b.tweet(strings.Repeat("漢", 141), ""), 403, "too long")
	b.want("once", b.tweet("Please call us.", id).status, 201)
	b.says("twice", b.tweet("Please call us.", b.say("b", "")), 403, "You are not allowed to create a Tweet with duplicate content.")
	b.wait(25 * time.Hour)
	b.want("a day later", b.tweet("Please call us.", b.say("c", "")).status, 201)
	b.turn("duplicates", "allowed")
	b.want("allowed", b.tweet("Please call us.", "").status, 201)
	for body, says := range map[string]string{
		`{"text":"a","colour":"red"}`:                             "$.colour: is not defined in the schema",
		`{"text":"a","reply":{"in_reply_to_tweet_id":"1","x":1}}`: "not defined in the schema",
		`{"text":"a","reply":{}}`:                                 "required",
		`{"text":"a","reply":{"in_reply_to_tweet_id":"abc"}}`:     "regex",
		`{"text":1}`:  "schema",
		`{"text":""}`: "empty",
		`{"text":"a","reply_settings":"everyone"}`:                 "enumeration",
		`{"text":"a","direct_message_deep_link":"https://a.org/"}`: "direct_message_deep_link",
		`{"text":"a","media":{"media_ids":["1"]}}`:                 "media",
		`{"text":`: "schema",
	} {
		b.says(body, b.send("POST", "/2/tweets", body), 400, says)
	}
}

func TestHide(t *testing.T) {
	b := open(t)
	hide := func(id, body string) reply { return b.send("PUT", "/2/tweets/"+id+"/hidden", body) }
	id := b.say("in our conversation", "")
	b.want("hidden", hide(id, `{"hidden":true}`).at("data", "hidden"), true)
	b.want("state", b.get("/_sandbox/state").at("comments", 0, "hidden"), true)
	b.want("it is still there", b.get("/2/tweets/"+id).at("data", "id"), id)
	b.want("shown", hide(id, `{"hidden":false}`).at("data", "hidden"), false)
	b.want("deep below", hide(b.say("a", `,"parent":"`+id+`"`), `{"hidden":true}`).status, 200)
	for what, id := range map[string]string{
		"their conversation": b.say("a", `,"more":{"conversation":"own"}`),
		"a quote":            b.say("a", `,"more":{"mention":"quote"}`),
		"our own":            b.tweet("Hello", id).at("data", "id").(string),
		"under a visitor":    b.say("a", `,"post":"visit","kind":"visitor"`),
	} {
		b.says(what, hide(id, `{"hidden":true}`), 403, "not permitted")
	}
	b.says("nothing", hide("7", `{"hidden":true}`), 404, "resource-not-found")
	b.says("unknown member", hide(id, `{"hidden":true,"why":"x"}`), 400, "$.why")
	b.says("empty", hide(id, `{}`), 400, "required")
}

func TestControlsKnowX(t *testing.T) {
	b := open(t)
	for more, says := range map[string]string{
		`,"more":{"mention":"loud"}`:                          "explicit",
		`,"more":{"dm":"ajar"}`:                               "open closed",
		`,"more":{"message":"a","message_at":"today"}`:        "2026-12-24T08:00:00Z",
		`,"more":{"mention":"implicit","conversation":"own"}`: "implicitly",
	} {
		b.says(more, b.send("POST", "/_sandbox/comments", `{"platform":"x","text":"a"`+more+`}`), 400, says)
	}
	b.says("empty", b.send("POST", "/_sandbox/comments", `{"platform":"x","more":{"stars":"5"}}`), 400, "needs a text")
	for body, says := range map[string]string{
		`{"platform":"x","name":"colour","value":"red"}`:     "it has: spelling",
		`{"platform":"x","name":"v1.1","value":"perhaps"}`:   "one of: off, on",
		`{"platform":"x","name":"token-life","value":"2"}`:   "no duration",
		`{"platform":"x","name":"daily-posts","value":"-1"}`: "no whole number",
		`{"platform":"facebook","name":"a","value":"b"}`:     "facebook has no switch",
		`{"platform":"myspace","name":"a","value":"b"}`:      "not played",
	} {
		b.says(body, b.send("POST", "/_sandbox/switches", body), 400, says)
	}
	b.turn("dm", "closed")
	b.want("in the state", b.get("/_sandbox/state").at("switches", "x", "dm"), "closed")
	b.want("unchanged", b.get("/_sandbox/state").at("switches", "x", "spelling"), "both")
	b.send("DELETE", "/_sandbox", "")
	b.want("reset", b.get("/_sandbox/state").at("switches", "x", "dm"), "open")
}
